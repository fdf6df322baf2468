package dev.signalbox.exec;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks for programs, as a shell does. Stateless: every call looks anew. */
public final class Executables {
    private static final boolean WINDOWS =
            System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");
    /** What glibc and dash take if there is no PATH. */
    private static final String USUAL_PATH = "/usr/local/bin:/usr/bin:/bin";

    private Executables() {}

    /** Whether {@link #find} would find it. */
    public static boolean exists(String program) {
        return find(program).isPresent();
    }

    /** Finds a program in the PATH of this process, or where its name says if it has a slash. Absolute. */
    public static Optional<Path> find(String program) {
        return candidates(program, System.getenv("PATH"), here()).stream()
                .filter(Executables::isExecutable)
                .findFirst();
    }

    /** Finds a command's program in the PATH that the command will see, relative to where it will run. */
    static Path resolve(Command command) {
        command.dir().ifPresent(dir -> requireFolder(command, dir));
        Path dir = command.dir().orElseGet(Executables::here);
        var candidates = candidates(command.program(), path(command), dir);
        return candidates.stream()
                .filter(Executables::isExecutable)
                .findFirst()
                .orElseThrow(() -> missing(command, candidates));
    }

    private static void requireFolder(Command command, Path dir) {
        if (!Files.isDirectory(dir)) {
            throw new ExecException(command.program() + " cannot run in " + dir + ": "
                    + (Files.exists(dir) ? "that is not a folder" : "there is no such folder; create it first"));
        }
    }

    private static String path(Command command) {
        Map<String, Optional<String>> set = command.environment();
        Optional<String> path = set.containsKey("PATH") || !command.inheritsEnvironment()
                ? set.getOrDefault("PATH", Optional.empty())
                : Optional.ofNullable(System.getenv("PATH"));
        return path.orElse(USUAL_PATH);
    }

    private static Path here() {
        return Path.of("").toAbsolutePath();
    }

    private static List<Path> candidates(String program, @Nullable String path, Path dir) {
        List<Path> found = new ArrayList<>();
        try {
            if (program.indexOf('/') >= 0 || program.indexOf(File.separatorChar) >= 0) {
                addWithExtensions(found, dir.resolve(program));
                return found;
            }
            for (String folder : (path == null ? USUAL_PATH : path).split(File.pathSeparator, -1)) {
                // An empty entry means the current folder, as in a shell.
                addWithExtensions(found, dir.resolve(folder).resolve(program));
            }
        } catch (InvalidPathException e) {
            throw new CommandNotFoundException("'" + program + "' cannot be the path of a program: " + e.getReason());
        }
        return found;
    }

    private static void addWithExtensions(List<Path> found, Path file) {
        found.add(file);
        if (WINDOWS) {
            for (String extension : List.of(".exe", ".cmd", ".bat", ".com")) {
                found.add(file.resolveSibling(file.getFileName() + extension));
            }
        }
    }

    private static boolean isExecutable(Path file) {
        return Files.isRegularFile(file) && Files.isExecutable(file);
    }

    private static CommandNotFoundException missing(Command command, List<Path> candidates) {
        String program = command.program();
        Optional<Path> there = candidates.stream().filter(Files::exists).findFirst();
        if (there.isPresent()) {
            Path file = there.get();
            return new CommandNotFoundException(
                    Files.isDirectory(file)
                            ? file + " is a folder, not a program"
                            : file + " is not executable for this user; chmod +x it");
        }
        return new CommandNotFoundException(
                program.indexOf('/') >= 0
                        ? "there is no program " + candidates.getFirst() + "; check the path"
                        : "there is no program " + program + " in the PATH of the command (" + path(command)
                                + "); install it, or give its full path");
    }
}
