package dev.signalbox.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The archive that {@code ./signalbox package} makes of this checkout, unpacked and prepared. */
final class StartArchive {
    private static final String DATA = "data.folder=";

    private StartArchive() {}

    static StartSystem install(Path scratch) throws IOException {
        Path checkout = Checkout.folder();
        Path log = Checkout.state().resolve("archive.log");
        Files.deleteIfExists(log);
        new LoggedCommands(checkout, log).run(checkout.resolve("signalbox").toString(), "package", "tar.gz");
        Path unpacked = Files.createDirectory(scratch.resolve("archive"));
        LoggedCommands commands = new LoggedCommands(unpacked, log);
        commands.run("tar", "-xzf", newest(checkout.resolve("dist")).toString(), "--strip-components=1");
        String program = unpacked.resolve("bin/signalbox").toString();
        commands.run(program, "prepare");
        List<String> command = List.of(
                program,
                "serve",
                "--set",
                "control.port=PORT",
                "--set",
                "clients.port=0",
                "--set",
                DATA + scratch.resolve("data"));
        return new StartSystem("signalbox", command, Map.of(), "/health/ready");
    }

    private static Path newest(Path dist) throws IOException {
        try (Stream<Path> files = Files.list(dist)) {
            return files.filter(file -> file.toString().endsWith(".tar.gz"))
                    .max((one, other) -> Long.compare(
                            one.toFile().lastModified(), other.toFile().lastModified()))
                    .orElseThrow();
        }
    }

    /** The same with another data folder. */
    static StartSystem withData(StartSystem ours, Path data) {
        List<String> command = new ArrayList<>(ours.command());
        command.set(command.size() - 1, DATA + data);
        return new StartSystem(ours.name(), command, ours.environment(), ours.health());
    }
}
