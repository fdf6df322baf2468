package dev.signalbox.server.rest;

import dev.signalbox.server.configuration.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Optional;

/**
 * Finds what a token stands for. The time it takes does not tell how much of a guess was right: digests are compared,
 * each whole, and all of them. Immutable.
 */
public final class TokenTable<T> {
    /** What one token stands for. */
    public record Entry<T>(Secret token, T meaning) {}

    private final List<byte[]> digests;
    private final List<T> meanings;

    public TokenTable(List<Entry<T>> entries) {
        digests = entries.stream().map(entry -> digest(entry.token().value())).toList();
        meanings = entries.stream().map(Entry::meaning).toList();
    }

    public Optional<T> find(String token) {
        byte[] given = digest(token);
        int found = -1;
        for (int i = 0; i < digests.size(); i++) {
            found = MessageDigest.isEqual(given, digests.get(i)) ? i : found;
        }
        return found < 0 ? Optional.empty() : Optional.of(meanings.get(found));
    }

    private static byte[] digest(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
