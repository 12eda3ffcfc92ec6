package dev.fanfare.webhook.http;

import java.io.IOException;
import java.util.Optional;
import okhttp3.Headers;

/// What came back.
///
/// @param body its beginning
/// @param broken what ended the body before its time, if anything did
@SuppressWarnings("ArrayRecordComponent") // never changed, never compared
record Answer(int status, Headers headers, byte[] body, Optional<IOException> broken) {}
