package dev.signalbox.system;

import dev.signalbox.testing.services.FaultProxy;
import dev.signalbox.testing.services.FreePort;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A node of a cluster as a process of its own, which reaches the broker through a proxy of its own. */
final class ClusterChaosNode implements AutoCloseable {
    private final Path folder;
    private final List<String> settings;
    private final FaultProxy proxy;
    private final int clientsPort = FreePort.find();
    private ServerProcess server;

    /** Begins to start it; {@code common} are the settings that are the same on all nodes. */
    ClusterChaosNode(String name, Path folder, ClusterChaosBroker broker, List<String> common) {
        this.folder = folder.resolve(name);
        proxy = FaultProxy.before(broker.port());
        settings = new ArrayList<>(common);
        settings.addAll(List.of(
                "cluster.node=" + name,
                "cluster.link=" + broker.link(),
                "cluster.url=" + broker.url(proxy.port()),
                "clients.tcp.port=" + clientsPort));
        server = launch();
    }

    private ServerProcess launch() {
        return ServerProcess.start(folder, settings);
    }

    /** Where clients connect over TCP; the same after it was started again. */
    int clientsPort() {
        return clientsPort;
    }

    /** Between it and the broker. */
    FaultProxy proxy() {
        return proxy;
    }

    void awaitReady() {
        server.awaitReady();
    }

    void kill() throws InterruptedException {
        server.kill();
    }

    void startAgain() {
        server = launch();
        server.awaitReady();
    }

    /** What an operator's {@code kill} does, with a name such as {@code STOP}. */
    void signal(String name) throws Exception {
        server.signal(name);
    }

    /** Empty if it says that all is well, and knows so many nodes and exactly these sessions; else what it says. */
    Optional<String> disagrees(int nodes, Set<String> sessions) throws Exception {
        JsonNode cluster = get("/api/cluster");
        Set<String> known = new HashSet<>();
        get("/api/clients?limit=500")
                .path("items")
                .forEach(each -> known.add(each.path("session").asString()));
        boolean agrees =
                !cluster.path("problem").isString() && cluster.path("nodes").size() == nodes && known.equals(sessions);
        return agrees
                ? Optional.empty()
                : Optional.of("it knows the sessions " + known + " and says of the cluster " + cluster);
    }

    private JsonNode get(String path) throws Exception {
        return JsonMapper.shared().readTree(server.get(path).body());
    }

    @Override
    public void close() {
        server.close();
        proxy.close();
    }
}
