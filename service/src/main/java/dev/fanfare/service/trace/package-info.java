/// Traces by OpenTelemetry, sent by OTLP over HTTP. Knows no app: what a span is about is for the app to say.
@NullMarked
package dev.fanfare.service.trace;

import org.jspecify.annotations.NullMarked;
