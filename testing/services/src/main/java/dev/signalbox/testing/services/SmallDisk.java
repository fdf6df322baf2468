package dev.signalbox.testing.services;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A disk of a few megabytes that a test fills and frees again. Confined to one thread. */
public final class SmallDisk implements AutoCloseable {
    private static final long SECONDS = 30;

    private final Path path;

    private SmallDisk(Path path) {
        this.path = path;
    }

    /** Mounts a tmpfs as the folder, which is created. Only root may, so elsewhere the test is skipped. */
    public static SmallDisk mount(Path path, int megabytes) {
        try {
            Files.createDirectory(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Assumptions.assumeTrue(
                ran("mount", "-t", "tmpfs", "-o", "mode=700,size=" + megabytes + "m", "tmpfs", path.toString()),
                "skipped: only root may mount a tmpfs to fill");
        return new SmallDisk(path);
    }

    public Path path() {
        return path;
    }

    /** Takes all the space that is left. */
    public void fill() throws IOException {
        try (OutputStream out = Files.newOutputStream(filler())) {
            byte[] block = new byte[4096];
            while (true) {
                out.write(block);
            }
        } catch (IOException e) {
            if (!String.valueOf(e.getMessage()).contains("No space left")) {
                throw e;
            }
        }
    }

    /** Gives back what {@link #fill} took. */
    public void free() throws IOException {
        Files.delete(filler());
    }

    private Path filler() {
        return path.resolve("filler");
    }

    /** Unmounts it. What used its files must have closed them. */
    @Override
    public void close() {
        if (!ran("umount", path.toString())) {
            throw new IllegalStateException(path + " is still in use and cannot be unmounted");
        }
    }

    private static boolean ran(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
