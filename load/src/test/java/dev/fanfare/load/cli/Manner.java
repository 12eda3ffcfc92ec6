package dev.fanfare.load.cli;

/// How the [PlantedServer] writes; all of it is allowed.
enum Manner {
    PLAIN,
    /// Each message in two pieces, the next one at the next byte, and the heads byte by byte.
    SPLIT,
    /// Chunked bodies; fragmented messages with pings between; connections that end behind a poll's answer.
    FRAGMENTED,
    /// Bodies of several data lines with CRLF; frames of the longest form of length; events of one write together.
    UNUSUAL
}
