package dev.fanfare.webhook.journal;

/// Takes down what became of deliveries, in batches, in the order in which it was told. When an entry is committed its
/// job's settlement is told, on the journal's thread.
///
/// While the store is away entries wait, without a bound of their own: who writes has bounded what is in its hands.
public interface Journal {
    /// Returns at once. Any thread.
    void write(Entry entry);
}
