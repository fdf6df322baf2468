package dev.signalbox.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Other systems, built or fetched once into {@code .signalbox/rivals} of the folder that the benchmark runs in. That takes Go, npm and
 * their registries; each version is that of the day, and told on standard error.
 */
final class RivalTools {
    private static final int PATIENCE_MINUTES = 15;

    private final Path folder;

    RivalTools(Path folder) {
        this.folder = folder.toAbsolutePath().normalize();
    }

    static RivalTools here() {
        return new RivalTools(Path.of(".signalbox", "rivals"));
    }

    /** A program that {@code go install} makes of a module. */
    Path go(String module, String name) {
        Path bin = folder.resolve("bin");
        Path program = bin.resolve(name);
        if (!Files.isExecutable(program)) {
            run(folder, Map.of("GOBIN", bin.toString(), "GOFLAGS", "-mod=mod"), "go", "install", module + "@latest");
        }
        tell(name, "go", "version", "-m", program.toString());
        return program;
    }

    /** A script of our resources, in a folder where Node finds the package. */
    Path node(String packageName, String script) {
        Path home = folder.resolve("node");
        if (!Files.isDirectory(home.resolve("node_modules").resolve(packageName))) {
            run(home, Map.of(), "npm", "install", "--no-audit", "--no-fund", "--prefix", home.toString(), packageName);
        }
        tell(packageName, "npm", "ls", "--prefix", home.toString(), packageName);
        Path copy = home.resolve(script);
        try (InputStream own = RivalTools.class.getResourceAsStream(script)) {
            if (own == null) {
                throw new IllegalStateException("the resource " + script + " is missing");
            }
            Files.copy(own, copy, StandardCopyOption.REPLACE_EXISTING);
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + copy, e);
        }
    }

    private static void run(Path directory, Map<String, String> environment, String... command) {
        String output = output(directory, environment, command);
        System.err.println("bench router: " + String.join(" ", command) + "\n" + output);
    }

    /** The lines that name a version. */
    private void tell(String name, String... command) {
        output(folder, Map.of(), command)
                .lines()
                .filter(line -> line.contains("\tmod\t") || line.contains(name + "@"))
                .forEach(line -> System.err.println("bench router: " + line.strip()));
    }

    private static String output(Path directory, Map<String, String> environment, String... command) {
        try {
            Files.createDirectories(directory);
            ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(List.of(command)))
                    .directory(directory.toFile())
                    .redirectErrorStream(true);
            builder.environment().putAll(environment);
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new IllegalStateException(String.join(" ", command) + " failed:\n" + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(command[0] + " did not start; install it, or measure without --rivals", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
