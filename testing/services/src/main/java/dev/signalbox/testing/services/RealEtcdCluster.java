package dev.signalbox.testing.services;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A real etcd of three members, the {@code etcd} of this machine's PATH, on free ports of loopback. Members can be killed and started
 * again one by one. Thread-safe.
 */
public final class RealEtcdCluster implements AutoCloseable {
    private static final String PART = "etcd on the PATH: apt install etcd-server";
    private static final int MEMBERS = 3;
    private static final int ATTEMPTS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern MEMBER = Pattern.compile("\"member_id\":\"(\\d+)\"");
    private static final Pattern LEADER = Pattern.compile("\"leader\":\"(\\d+)\"");

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Path folder = Scratch.folder("etcd-cluster");
    private final List<Integer> clientPorts = FreePort.find(MEMBERS);
    private final List<Integer> peerPorts = FreePort.find(MEMBERS);
    private final Map<Integer, Process> processes = new HashMap<>();

    private RealEtcdCluster() {}

    /** A cluster of one's own that has a leader; where it cannot run, the test is skipped or fails as with {@link RealEtcd}. */
    public static RealEtcdCluster start() {
        return Missing.unlessStarts(PART, RealEtcdCluster::boot);
    }

    /** Ports are free when they are picked, but one may be another's a moment later. */
    private static RealEtcdCluster boot() {
        for (int attempt = 1; ; attempt++) {
            RealEtcdCluster made = new RealEtcdCluster();
            try {
                made.startAgain();
                return made;
            } catch (IllegalStateException e) {
                made.close();
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private Process launch(int member) {
        String clients = "http://127.0.0.1:" + clientPorts.get(member);
        String peers = peer(member);
        List<String> command = List.of(
                Program.find("etcd").toString(),
                "--name=" + member,
                "--data-dir=" + folder.resolve("data" + member),
                "--listen-client-urls=" + clients,
                "--advertise-client-urls=" + clients,
                "--listen-peer-urls=" + peers,
                "--initial-advertise-peer-urls=" + peers,
                "--initial-cluster="
                        + String.join(
                                ",",
                                IntStream.range(0, MEMBERS)
                                        .mapToObj(each -> each + "=" + peer(each))
                                        .toList()));
        return Program.start(command, log(member));
    }

    private String peer(int member) {
        return "http://127.0.0.1:" + peerPorts.get(member);
    }

    private Path log(int member) {
        return folder.resolve("etcd" + member + ".log");
    }

    private void awaitLeader(int member) {
        Process process = processes.get(member);
        if (process != null) {
            Program.await(process, log(member), () -> isReady(member), PATIENCE);
        }
    }

    private boolean isReady(int member) {
        return status(member).flatMap(RealEtcdCluster::leaderOf).isPresent();
    }

    /** Where clients find the members, those that were killed included. */
    public List<URI> endpoints() {
        return clientPorts.stream().map(RealEtcd::url).toList();
    }

    /** Kills the member that leads, as {@code kill -9} does, and returns its number. */
    public int killLeader() {
        int leader = IntStream.range(0, MEMBERS)
                .filter(this::leads)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no member leads"));
        kill(leader);
        return leader;
    }

    private boolean leads(int member) {
        Optional<String> status = status(member);
        return status.flatMap(RealEtcdCluster::leaderOf).isPresent()
                && status.flatMap(text -> find(MEMBER, text)).equals(status.flatMap(RealEtcdCluster::leaderOf));
    }

    /** Member 0 stands for nobody. */
    private static Optional<String> leaderOf(String status) {
        return find(LEADER, status).filter(id -> !id.equals("0"));
    }

    private static Optional<String> find(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    private Optional<String> status(int member) {
        URI uri = RealEtcd.url(clientPorts.get(member)).resolve("/v3/maintenance/status");
        try {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(uri)
                            .timeout(Duration.ofSeconds(5))
                            .POST(BodyPublishers.ofString("{}"))
                            .build(),
                    BodyHandlers.ofString());
            return answer.statusCode() == 200 ? Optional.of(answer.body()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** Ends a member as {@code kill -9} does; what is on its disk stays. Idempotent. */
    public synchronized void kill(int member) {
        Process process = processes.remove(member);
        if (process != null) {
            Program.kill(process);
        }
    }

    /** Starts all members that were killed, and waits until each knows a leader. */
    public synchronized void startAgain() {
        for (int member = 0; member < MEMBERS; member++) {
            processes.computeIfAbsent(member, this::launch);
        }
        for (int member = 0; member < MEMBERS; member++) {
            awaitLeader(member);
        }
    }

    /** Ends all members and deletes their files. */
    @Override
    public void close() {
        IntStream.range(0, MEMBERS).forEach(this::kill);
        http.close();
        Scratch.delete(folder);
    }
}
