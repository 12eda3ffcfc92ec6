package dev.fanfare.webhook.delivery;

import java.time.Instant;

/// One call that was made, as it is kept for people to read.
///
/// @param number from 1
/// @param at when it began
public record Attempt(DeliveryId delivery, int number, Trigger trigger, Instant at, Result result) {}
