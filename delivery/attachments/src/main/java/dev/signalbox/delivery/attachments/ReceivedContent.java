package dev.signalbox.delivery.attachments;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A content that has come whole, in a temporary file that is gone when this is closed. */
record ReceivedContent(Path file, long size, String sha256) implements AutoCloseable {
    private static final int BUFFER = 64 * 1024;

    static ReceivedContent read(InputStream content, long largest) throws IOException {
        Path file = Files.createTempFile("signalbox-attachment-", ".part");
        try {
            MessageDigest digest = sha256Digest();
            long size;
            try (OutputStream out = new DigestOutputStream(Files.newOutputStream(file), digest)) {
                size = copy(content, out, largest);
            }
            return new ReceivedContent(file, size, HexFormat.of().formatHex(digest.digest()));
        } catch (IOException | RuntimeException | Error e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }

    private static MessageDigest sha256Digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static long copy(InputStream in, OutputStream out, long largest) throws IOException {
        byte[] buffer = new byte[BUFFER];
        long size = 0;
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            size += n;
            if (size > largest) {
                throw new FileTooLargeException(largest);
            }
            out.write(buffer, 0, n);
        }
        return size;
    }

    InputStream open() throws IOException {
        return Files.newInputStream(file);
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
    }
}
