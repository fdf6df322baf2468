package dev.signalbox.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Installs queues of other languages into {@code .signalbox/rivals}, once: from npm, and from the Go modules. */
final class RivalInstall {
    /** The newest of each that runs on Node.js 20. */
    private static final List<String> NPM =
            List.of("graphile-worker@0.17.3", "pg-boss@10.4.2", "bullmq@6.7.0", "ioredis@5.11.1", "pg@8.23.1");

    private static final String RIVER = "v0.51.2";

    private final Path folder;

    RivalInstall() {
        this.folder = Path.of(".signalbox", "rivals").toAbsolutePath();
    }

    /** The folder of the script {@code rival.mjs}, with its packages beside it. */
    Path npm() {
        Path npm = folder.resolve("npm");
        Path marker = npm.resolve("installed");
        if (!isInstalled(marker, NPM.toString())) {
            List<String> command = new ArrayList<>(
                    List.of("npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", npm.toString()));
            command.addAll(NPM);
            run(npm, command);
            installed(marker, NPM.toString());
        }
        copy("rival.mjs", npm.resolve("rival.mjs"));
        return npm;
    }

    /** The program that drives River. */
    Path river() {
        Path river = folder.resolve("river");
        Path marker = river.resolve("installed");
        if (!isInstalled(marker, RIVER)) {
            copy("river.go.txt", river.resolve("main.go"));
            if (!Files.exists(river.resolve("go.mod"))) {
                run(river, List.of("go", "mod", "init", "rival"));
            }
            run(
                    river,
                    List.of(
                            "go",
                            "get",
                            "github.com/riverqueue/river@" + RIVER,
                            "github.com/riverqueue/river/riverdriver/riverpgxv5@" + RIVER,
                            "github.com/riverqueue/river/rivermigrate@" + RIVER));
            run(river, List.of("go", "mod", "tidy"));
            run(river, List.of("go", "build", "-o", "river", "."));
            installed(marker, RIVER);
        }
        return river.resolve("river");
    }

    private static boolean isInstalled(Path marker, String what) {
        try {
            return Files.exists(marker) && Files.readString(marker).equals(what);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void installed(Path marker, String what) {
        try {
            Files.writeString(marker, what);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copy(String resource, Path to) {
        try (InputStream in = Objects.requireNonNull(RivalInstall.class.getResourceAsStream("rivals/" + resource))) {
            Files.createDirectories(Objects.requireNonNull(to.getParent()));
            Files.copy(in, to, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void run(Path folder, List<String> command) {
        try {
            Files.createDirectories(folder);
            int status = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.to(folder.resolve("install.log").toFile()))
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new IllegalStateException(
                        String.join(" ", command) + " ended with " + status + "; see " + folder.resolve("install.log"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(command.getFirst() + " is needed for --rivals, and did not start", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted during " + command.getFirst(), e);
        }
    }
}
