package dev.signalbox.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A web application of Spring Boot with one route and nothing else: as its guide starts it, and with what our archive has, too: unpacked,
 * with a JVM cache that a run has trained.
 */
final class StartSpring {
    private static final String PORT = "--server.port=PORT";

    private StartSpring() {}

    /** @param scratch for what is made anew each time */
    static List<StartSystem> systems(Path jar, Path scratch) throws IOException {
        return List.of(
                started("spring boot", List.of(Java.executable(), "-jar", jar.toString(), PORT)),
                trained(jar, scratch));
    }

    private static StartSystem trained(Path jar, Path scratch) throws IOException {
        Path folder = Files.createDirectory(scratch.resolve("spring"));
        Path log = Checkout.state().resolve("spring-boot-training.log");
        Files.deleteIfExists(log);
        LoggedCommands commands = new LoggedCommands(folder, log);
        String java = Java.executable();
        Path application = folder.resolve("application");
        commands.run(
                java, "-Djarmode=tools", "-jar", jar.toString(), "extract", "--destination", application.toString());
        String unpacked = application.resolve(jar.getFileName()).toString();
        String cache = folder.resolve("bare.aot").toString();
        commands.run(
                java,
                "-XX:AOTCacheOutput=" + cache,
                "-Dspring.context.exit=onRefresh",
                "-jar",
                unpacked,
                "--server.port=0");
        return started("spring boot, prepared", List.of(java, "-XX:AOTCache=" + cache, "-jar", unpacked, PORT));
    }

    private static StartSystem started(String name, List<String> command) {
        return new StartSystem(name, command, Map.of(), "/health");
    }
}
