package dev.signalbox.client;

/** A token that never changes: once it is refused, another connection would not help. */
record FixedToken(String token) implements TokenSource {
    @Override
    public String toString() {
        return "a fixed token";
    }
}
