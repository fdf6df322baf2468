package dev.signalbox.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The other systems that have to be installed, each in a fixed version, once, below {@code .signalbox/rivals} of the checkout: from the Go
 * modules, from npm (the newest that run on Node.js 20) and by Maven. Not thread-safe.
 */
final class Rivals {
    private static final String GO = "Go 1.26 or newer, and the Go modules within reach";
    private static final String NPM = "Node.js 20 or newer with npm, and its registry within reach";
    private static final String MAVEN = "Maven, and its repository within reach";

    private static final String RIVER_MODULE = "github.com/riverqueue/river";
    private static final String RIVER_VERSION = "v0.51.2";

    private final Installer installer;

    private Rivals(Installer installer) {
        this.installer = installer;
    }

    static Rivals here() {
        return new Rivals(new Installer(Checkout.state().resolve("rivals")));
    }

    /** A program. */
    Path centrifugo() {
        return program("centrifugo", "github.com/centrifugal/centrifugo/v6@v6.9.1");
    }

    /** A program. */
    Path natsServer() {
        return program("nats-server", "github.com/nats-io/nats-server/v2@v2.15.3");
    }

    private Path program(String name, String module) {
        return installer
                .installed(
                        name,
                        module,
                        GO,
                        (folder, commands) ->
                                commands.with("GOBIN", folder.toString()).run("go", "install", module))
                .resolve(name);
    }

    /** A program that drives River. */
    Path river() {
        String source = resource("river.go.txt");
        return installer
                .installed("river", RIVER_VERSION + "\n" + source, GO, (folder, commands) -> {
                    Files.writeString(folder.resolve("main.go"), source);
                    commands.run("go", "mod", "init", "rival");
                    commands.run(
                            "go",
                            "get",
                            RIVER_MODULE + "@" + RIVER_VERSION,
                            RIVER_MODULE + "/riverdriver/riverpgxv5@" + RIVER_VERSION,
                            RIVER_MODULE + "/rivermigrate@" + RIVER_VERSION);
                    commands.run("go", "mod", "tidy");
                    commands.run("go", "build", "-o", "river", ".");
                })
                .resolve("river");
    }

    /** The script that drives graphile-worker, pg-boss and BullMQ. */
    Path queues() {
        return script(
                "queues",
                "rival.mjs",
                List.of("graphile-worker@0.17.3", "pg-boss@10.4.2", "bullmq@6.7.0", "ioredis@5.11.1", "pg@8.23.1"));
    }

    /** The script of a server with {@code ws}. Over TLS, its arguments are the files of a certificate and its key. */
    Path ws() {
        return script("ws", "ws.js", List.of("ws@8.23.0"));
    }

    /** The script of a server with Socket.IO. */
    Path socketIo() {
        return script("socket.io", "socketio.js", List.of("socket.io@4.8.4"));
    }

    /** The script of a node with Socket.IO and its Redis adapter. */
    Path socketIoNode() {
        return script(
                "socket.io-redis",
                "socketio-node.mjs",
                List.of("socket.io@4.8.4", "@socket.io/redis-adapter@8.3.0", "redis@6.3.1"));
    }

    /** The script of a node with Socket.IO that keeps in a Redis stream what its clients miss. */
    Path socketIoStreams() {
        return script(
                "socket.io-streams",
                "socketio-streams.mjs",
                List.of("socket.io@4.8.4", "@socket.io/redis-streams-adapter@0.3.1", "redis@6.3.1"));
    }

    /** The script that sends mail with Nodemailer. */
    Path nodemailer() {
        return script("nodemailer", "nodemailer.cjs", List.of("nodemailer@10.6.0"));
    }

    /** Beside the packages, where Node finds them. It is written each time, for it may be newer than they are. */
    private Path script(String name, String script, List<String> packages) {
        Path copy = installer
                .installed(name, String.join(" ", packages), NPM, (folder, commands) -> {
                    List<String> install =
                            List.of("npm", "install", "--no-audit", "--no-fund", "--prefix", folder.toString());
                    commands.run(
                            Stream.concat(install.stream(), packages.stream()).toList());
                })
                .resolve(script);
        try {
            return Files.writeString(copy, resource(script));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + copy, e);
        }
    }

    /** The jar of a web application of Spring Boot that has one route, {@code /health}. */
    Path springBoot() {
        String project = resource("spring.pom.xml");
        String source = resource("Bare.java.txt");
        return installer
                .installed("spring-boot", project + source, MAVEN, (folder, commands) -> {
                    Path sources = Files.createDirectories(folder.resolve("src/main/java/bare"));
                    Files.writeString(folder.resolve("pom.xml"), project);
                    Files.writeString(sources.resolve("Bare.java"), source);
                    commands.with("JAVA_HOME", System.getProperty("java.home")).run("mvn", "-B", "-q", "package");
                })
                .resolve("target/bare-1.jar");
    }

    private static String resource(String name) {
        try (InputStream in = Objects.requireNonNull(Rivals.class.getResourceAsStream("rivals/" + name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the resource " + name, e);
        }
    }
}
