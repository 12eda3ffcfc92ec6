package dev.fanfare.webhook.store;

/// Where the database is.
///
/// @param url JDBC URL of H2 or PostgreSQL, without a password in it
/// @param password never shown
/// @param connections at a time at most
public record StoreSettings(String url, String user, String password, int connections) {
    @Override
    public String toString() {
        return "StoreSettings[url=" + shownUrl() + ", user=" + user + ", connections=" + connections + "]";
    }

    /// Without parameters and user info, which may hold a password.
    String shownUrl() {
        return url.replaceAll("[?;].*", "").replaceAll("//[^/@]*@", "//");
    }
}
