package dev.signalbox.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.testing.services.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Postfix as a process of its own in a folder of its own, from a package that was unpacked and not installed, since Debian
 * has either Postfix or Exim. Only root can start it: it gives its processes other users.
 */
final class Postfix implements AutoCloseable {
    static final Path PACKAGE =
            Path.of("..", ".signalbox", "postfix").toAbsolutePath().normalize();
    static final String USER = "tim@example.org";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Of the user and group {@code mail} on every Debian. */
    private static final String MAIL_ID = "8";

    private static final List<String> QUEUES = List.of(
            "active",
            "bounce",
            "corrupt",
            "defer",
            "deferred",
            "flush",
            "hold",
            "incoming",
            "private",
            "saved",
            "trace");

    /** Each on its own port. */
    enum Listener {
        PLAIN,
        LOGIN,
        CRAM,
        FULL
    }

    private final Path folder;
    private final Map<Listener, Integer> ports = new EnumMap<>(Listener.class);
    private final Process master;

    /** Waits until it answers. */
    Postfix(Path folder) throws Exception {
        this.folder = folder;
        choosePorts();
        layOut();
        var start = new ProcessBuilder(
                PACKAGE.resolve("usr/lib/postfix/sbin/master").toString(),
                "-d",
                "-c",
                folder.resolve("etc").toString());
        start.environment().putAll(environment());
        master = start.redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
        await().atMost(PATIENCE).until(() -> ports.values().stream().allMatch(this::listens));
    }

    private void choosePorts() {
        Iterator<Integer> free = FreePort.find(Listener.values().length).iterator();
        for (Listener each : Listener.values()) {
            ports.put(each, free.next());
        }
    }

    private void layOut() throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.createDirectories(folder.resolve("etc").resolve("sasl"));
        Certificates.forNames(folder, "server", "ip:127.0.0.1").writeForServers(folder);
        for (String file : List.of("main.cf", "master.cf")) {
            Files.writeString(folder.resolve("etc").resolve(file), filledIn(file));
        }
        for (String mechanism : List.of("PLAIN", "LOGIN", "CRAM-MD5")) {
            allow(mechanism);
        }
        createUser("secret");
        for (String queue : QUEUES) {
            belongingToMail("spool/" + queue, "rwx------");
        }
        belongingToMail("spool/maildrop", "rwx-wx---");
        belongingToMail("spool/public", "rwx--x---");
        belongingToMail("spool/pid", "rwxr-xr-x");
        belongingToMail("data", "rwx------");
        belongingToMail("mail", "rwx------");
    }

    private String filledIn(String file) throws IOException {
        try (var in = Objects.requireNonNull(Postfix.class.getResourceAsStream("/postfix/" + file))) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("FOLDER", folder.toString())
                    .replace("PACKAGE", PACKAGE.toString())
                    .replace("MAIL_ID", MAIL_ID);
            for (var port : ports.entrySet()) {
                text = text.replace(port.getKey() + "_PORT", port.getValue().toString());
            }
            return text;
        }
    }

    /** Debian's Postfix looks for the settings of SASL beside its own. */
    private void allow(String mechanism) throws IOException {
        Files.writeString(
                folder.resolve("etc").resolve("sasl").resolve(mechanism.toLowerCase(Locale.ROOT) + ".conf"),
                """
                pwcheck_method: auxprop
                auxprop_plugin: sasldb
                sasldb_path: %s
                mech_list: %s
                """.formatted(folder.resolve("sasldb"), mechanism));
    }

    private void createUser(String password) throws IOException, InterruptedException {
        var create = new ProcessBuilder(
                        PACKAGE.resolve("usr/sbin/saslpasswd2").toString(),
                        "-p",
                        "-c",
                        "-f",
                        folder.resolve("sasldb").toString(),
                        "-u",
                        USER.substring(USER.indexOf('@') + 1),
                        USER.substring(0, USER.indexOf('@')))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
        try (var in = create.outputWriter(StandardCharsets.UTF_8)) {
            in.write(password + "\n");
        }
        assertThat(create.waitFor()).isZero();
        giveToMail(folder.resolve("sasldb"));
    }

    private void belongingToMail(String name, String permissions) throws IOException {
        Path created = Files.createDirectories(folder.resolve(name));
        Files.setPosixFilePermissions(created, PosixFilePermissions.fromString(permissions));
        giveToMail(created);
    }

    private static void giveToMail(Path file) throws IOException {
        var users = file.getFileSystem().getUserPrincipalLookupService();
        Files.setOwner(file, users.lookupPrincipalByName("mail"));
    }

    private static Map<String, String> environment() {
        return Map.of("LD_LIBRARY_PATH", PACKAGE.resolve("usr/lib/postfix").toString());
    }

    private boolean listens(int port) {
        assertThat(master.isAlive())
                .as(() -> "Postfix ended: " + folder.resolve("output"))
                .isTrue();
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    /** How to send to it as its only user. */
    SmtpOptions.Builder options(Listener listener, String password) {
        return SmtpOptions.to("127.0.0.1")
                .port(Objects.requireNonNull(ports.get(listener)))
                .caFile(folder.resolve("server.pem"))
                .login(USER, password);
    }

    /** The only message to somebody at kept.example, as it was delivered, with the line ends of SMTP. */
    byte[] delivered() {
        Path inbox = folder.resolve("mail").resolve("all").resolve("new");
        await().atMost(PATIENCE)
                .until(() -> Files.isDirectory(inbox) && !files(inbox).isEmpty());
        try {
            return Files.readString(files(inbox).getFirst(), StandardCharsets.ISO_8859_1)
                    .replace("\n", "\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.toList();
        }
    }

    /** Its processes end with the first of them. */
    @Override
    public void close() throws InterruptedException {
        master.destroy();
        if (!master.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            master.destroyForcibly();
        }
    }
}
