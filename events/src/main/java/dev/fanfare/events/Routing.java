package dev.fanfare.events;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/// Which channels an event goes to: templates by topic, compiled once. Thread-safe, immutable.
public final class Routing {
    private final Map<String, List<ChannelTemplate>> templates;

    /// Each record of the topics goes to each channel that a template yields for it.
    ///
    /// @param topics literal topic names, at least one
    /// @param channelTemplates such as `orders.{key}`, at least one
    public record Rule(List<String> topics, List<String> channelTemplates) {
        public Rule {
            topics = List.copyOf(topics);
            channelTemplates = List.copyOf(channelTemplates);
        }
    }

    private Routing(Map<String, List<ChannelTemplate>> templates) {
        this.templates = templates;
    }

    /// Compiles the rules.
    ///
    /// @throws IllegalArgumentException with a sentence that names the topic or template and the fix
    public static Routing of(List<Rule> rules) {
        var templates = new LinkedHashMap<String, List<ChannelTemplate>>();
        for (Rule rule : rules) {
            if (rule.topics().isEmpty() || rule.channelTemplates().isEmpty()) {
                throw new IllegalArgumentException(
                        "rule %s names no topic or no channel: name at least one of each".formatted(rule));
            }
            for (String topic : rule.topics()) {
                checkTopic(topic);
                List<ChannelTemplate> ofTopic = templates.computeIfAbsent(topic, any -> new ArrayList<>());
                for (String template : rule.channelTemplates()) {
                    ofTopic.add(ChannelTemplate.compile(template, topic));
                }
            }
        }
        templates.replaceAll((topic, list) -> List.copyOf(list));
        return new Routing(templates);
    }

    /// The channels of an event, distinct, in the order of the rules. Empty: unrouted, since for each template a
    /// part is missing or empty, or what it yields is not a channel name.
    ///
    /// @param headers of the event's record
    public List<ChannelName> channels(Event event, Headers headers) {
        List<ChannelTemplate> ofTopic = templates.get(event.topic());
        if (ofTopic == null) {
            return List.of();
        }
        if (ofTopic.size() == 1) {
            ChannelName only = ofTopic.getFirst().channel(event, headers);
            return only == null ? List.of() : List.of(only);
        }
        var channels = new ArrayList<ChannelName>(ofTopic.size());
        for (int i = 0; i < ofTopic.size(); i++) {
            @Nullable ChannelName channel = ofTopic.get(i).channel(event, headers);
            if (channel != null && !channels.contains(channel)) {
                channels.add(channel);
            }
        }
        return channels;
    }

    /// All topics of all rules, in their order.
    public Set<String> topics() {
        return Collections.unmodifiableSet(new LinkedHashSet<>(templates.keySet()));
    }

    /// Whether a record of the topic could go to a channel that the pattern matches. Errs to true: a part may be
    /// anything, and several tokens.
    public boolean canYield(String topic, ChannelPattern pattern) {
        List<ChannelTemplate> ofTopic = templates.get(topic);
        return ofTopic != null && ofTopic.stream().anyMatch(template -> template.canYield(pattern));
    }

    /// All keys of the records of a topic that go to a channel, if keys alone decide that.
    ///
    /// @param channel a pattern without wildcards
    /// @return empty if not, or if they are too many to be told
    public Optional<Set<String>> keys(String topic, ChannelPattern channel) {
        var keys = new LinkedHashSet<String>();
        for (var template : templates.getOrDefault(topic, List.of())) {
            if (template.canYield(channel)) {
                var its = template.keys(channel.literal());
                if (its == null) {
                    return Optional.empty();
                }
                keys.addAll(its);
            }
        }
        return Optional.of(keys);
    }

    private static void checkTopic(String topic) {
        if (!topic.matches("[A-Za-z0-9._-]{1,249}") || topic.equals(".") || topic.equals("..")) {
            throw new IllegalArgumentException("topic " + Quoted.of(topic)
                    + " cannot be a Kafka topic: name each topic literally, 1 to 249 of A-Z a-z 0-9 . _ -");
        }
    }
}
