package dev.signalbox.router;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What is published: some frames of one node, with their place among all that this node publishes to the same channel, and a signature. For
 * one thread.
 *
 * <p>The signature is an HMAC with SHA-256 (RFC 2104) over the channel's name and all bytes before it. So nobody without the secret can
 * make an envelope, change one, or publish one again to another channel; what is published again to the same one has an old place.
 */
final class ClusterEnvelope {
    /** What every envelope of every version begins with: two bytes, and the version. */
    private static final int HEAD = 3;

    /** What an envelope takes beside its frames. */
    static final int OVERHEAD = HEAD + 16 + 8 + 32;

    private static final String ALGORITHM = "HmacSHA256";
    private static final int SIGNATURE = 32;
    private static final int FIRST = 'S';
    private static final int SECOND = 'B';

    /** Another number means that an older release can make nothing of it; what only adds needs no new one. */
    static final int VERSION = 1;

    /** What came of opening one. */
    sealed interface Opened {
        /** Each of the {@code frames} is what {@link ClusterCodec} reads. */
        record Frames(UUID origin, long sequence, ClusterFrames frames) implements Opened {}

        /** It is not signed with the secret, or no envelope at all. */
        record Forged() implements Opened {}

        /** It is of a release that this one does not understand. */
        record Foreign(int version) implements Opened {}
    }

    private final Mac mac;

    /** {@code secret} is the same on all nodes. */
    ClusterEnvelope(String secret) {
        try {
            mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }

    byte[] seal(ClusterLink.Channel channel, UUID origin, long sequence, List<byte[]> frames) {
        ByteSink sealed = new ByteSink()
                .octet(FIRST)
                .octet(SECOND)
                .octet(VERSION)
                .uuid(origin)
                .fixed(sequence);
        ClusterFrames.write(frames, sealed);
        byte[] signed = sealed.toByteArray();
        return sealed.raw(signature(channel, signed, signed.length)).toByteArray();
    }

    private byte[] signature(ClusterLink.Channel channel, byte[] bytes, int length) {
        mac.update(channel.name().getBytes(StandardCharsets.UTF_8));
        mac.update((byte) 0);
        mac.update(bytes, 0, length);
        return mac.doFinal();
    }

    /** Whether it names this node as its origin, which anybody can write. */
    static boolean saysToBeOf(UUID node, byte[] bytes) {
        return bytes.length >= OVERHEAD
                && new ByteSource(bytes, HEAD, bytes.length).uuid().equals(node);
    }

    Opened open(ClusterLink.Channel channel, byte[] bytes) {
        int signed = bytes.length - SIGNATURE;
        if (bytes.length < OVERHEAD
                || !MessageDigest.isEqual(
                        signature(channel, bytes, signed), Arrays.copyOfRange(bytes, signed, bytes.length))) {
            return new Opened.Forged();
        }
        ByteSource from = new ByteSource(bytes, 0, signed);
        if (from.octet() != FIRST || from.octet() != SECOND) {
            return new Opened.Forged();
        }
        int version = from.octet();
        return version == VERSION
                ? new Opened.Frames(from.uuid(), from.fixed(), new ClusterFrames(from))
                : new Opened.Foreign(version);
    }
}
