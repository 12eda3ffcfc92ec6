package dev.fanfare.gateway.cluster;

import dev.fanfare.gateway.session.Session;
import dev.fanfare.gateway.session.Transport;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Which clients are meant: those to whom all of it applies. Something must be given.
///
/// @param session the id that `ready` tells; long-polls have none
/// @param issuer of the subject
/// @param subject of the tokens that sessions rest on
/// @param address an IPv4 address or the /64 of an IPv6 address, as in [Holder]
/// @param node the name of the node that they are on
public record Selection(
        Optional<String> session,
        Optional<String> issuer,
        Optional<String> subject,
        Optional<String> address,
        Optional<String> node) {
    public Selection {
        if (issuer.isPresent() != subject.isPresent()) {
            throw new IllegalArgumentException("a subject is one of an issuer");
        }
        if (session.isEmpty() && subject.isEmpty() && address.isEmpty() && node.isEmpty()) {
            throw new IllegalArgumentException("nobody in particular");
        }
    }

    static Selection of(Map<String, String> members) {
        return new Selection(
                Optional.ofNullable(members.get("session")),
                Optional.ofNullable(members.get("issuer")),
                Optional.ofNullable(members.get("sub")),
                Optional.ofNullable(members.get("address")),
                Optional.ofNullable(members.get("node")));
    }

    /// What [#of] reads.
    Map<String, String> members() {
        var members = new TreeMap<String, String>();
        session.ifPresent(value -> members.put("session", value));
        issuer.ifPresent(value -> members.put("issuer", value));
        subject.ifPresent(value -> members.put("sub", value));
        address.ifPresent(value -> members.put("address", value));
        node.ifPresent(value -> members.put("node", value));
        return members;
    }

    /// Whether a whole node is meant.
    boolean isOfNodeOnly() {
        return session.isEmpty() && subject.isEmpty() && address.isEmpty();
    }

    /// @param here the name of this node
    boolean fits(Session one, String here) {
        var holder = one.options().permit().holder();
        return isOrAny(node, here)
                && isOrAny(session, one.options().transport() == Transport.POLL ? null : one.id())
                && isOrAny(address, holder.address())
                && isOrAny(issuer, holder.issuer().orElse(null))
                && isOrAny(subject, holder.subject().orElse(null));
    }

    private static boolean isOrAny(Optional<String> wanted, @Nullable String is) {
        return wanted.isEmpty() || wanted.get().equals(is);
    }
}
