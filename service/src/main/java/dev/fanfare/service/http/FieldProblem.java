package dev.fanfare.service.http;

/// One of several things that are wrong with a request's body.
///
/// @param field such as `retrySchedule[1]`
/// @param detail a sentence that names field, value and fix; it may be shown to anybody
public record FieldProblem(String field, String detail) {}
