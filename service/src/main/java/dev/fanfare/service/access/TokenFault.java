package dev.fanfare.service.access;

import java.util.Locale;

/// Why a token is not taken.
public enum TokenFault {
    /// It is no JWT in the compact form.
    MALFORMED,
    /// It is longer than [TokenVerifier#LENGTH_MAX].
    TOO_LARGE,
    /// Its algorithm is none of ours, or not that of the key.
    ALGORITHM,
    /// It has critical headers, none of which we know, or it is of another type.
    HEADER,
    /// Nobody trusts who issued it.
    ISSUER,
    /// The issuer has no such key.
    KEY,
    /// Its signature is not that of the key.
    SIGNATURE,
    /// It is for somebody else.
    AUDIENCE,
    /// A claim is missing, or of the wrong kind.
    CLAIM,
    NOT_YET_VALID,
    EXPIRED,
    REVOKED,
    /// The issuer's keys cannot be had now: it may be good, and nothing is wrong with the caller.
    KEYS_AWAY;

    /// As it goes over the wire: `not-yet-valid`.
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
