package dev.signalbox.server.rest;

import dev.signalbox.server.configuration.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;

/** The admin's token that a server makes for itself: the file {@code token} in its data folder, mode 0600. */
public final class AdminToken {
    private static final String NAME = "token";
    private static final int BYTES = 24;

    private AdminToken() {}

    public static Path file(Path dataFolder) {
        return dataFolder.resolve(NAME);
    }

    /**
     * Reads the token, if a server has made one here.
     *
     * @throws UncheckedIOException if it is there and cannot be read
     */
    public static Optional<Secret> find(Path dataFolder) {
        try {
            return Optional.of(Files.readString(file(dataFolder)).strip())
                    .filter(text -> !text.isEmpty())
                    .map(Secret::new);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads the token, or makes one. Of several processes that do so at the same time one wins, and all return its token.
     *
     * @throws UncheckedIOException if the folder cannot be written
     */
    public static Secret findOrCreate(Path dataFolder) {
        return find(dataFolder).orElseGet(() -> create(dataFolder));
    }

    private static Secret create(Path dataFolder) {
        try {
            Files.createDirectories(dataFolder);
            var complete = Files.createTempFile(dataFolder, NAME, ".new");
            try {
                protect(complete);
                Files.writeString(complete, random() + "\n");
                publish(complete, file(dataFolder));
            } finally {
                Files.deleteIfExists(complete);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return find(dataFolder).orElseThrow();
    }

    /** A hard link fails if the name is taken, and never shows half a file; an empty file there is replaced. */
    private static void publish(Path complete, Path file) throws IOException {
        try {
            Files.createLink(file, complete);
        } catch (UnsupportedOperationException noLinks) {
            Files.move(complete, file);
        } catch (FileAlreadyExistsException taken) {
            if (Files.size(file) == 0) {
                Files.move(complete, file, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static void protect(Path file) throws IOException {
        if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        }
    }

    private static String random() {
        byte[] bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
