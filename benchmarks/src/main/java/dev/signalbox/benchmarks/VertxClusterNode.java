package dev.signalbox.benchmarks;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import dev.signalbox.server.node.LogFormat;
import dev.signalbox.server.node.LogLevel;
import dev.signalbox.server.node.Logging;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.spi.cluster.hazelcast.ConfigUtil;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A process with one node of a Vert.x cluster: what a client says is published on the event bus, and a node with subscribers has one consumer there, which
 * writes it to all of them. There is no broker: nodes send to each other, and Hazelcast within them knows who has consumers. It prints its port once the
 * cluster has all nodes, and ends with its input.
 */
final class VertxClusterNode {
    static final String SUBSCRIBE = "subscribe";

    private static final String HOST = "127.0.0.1";
    private static final String ADDRESS = "news";

    private final Vertx vertx;
    private final Set<ServerWebSocket> subscribers = ConcurrentHashMap.newKeySet();
    private boolean consumes;

    private VertxClusterNode(Vertx vertx) {
        this.vertx = vertx;
    }

    /** Its own port for Hazelcast, and those of all nodes, separated by commas. */
    static void main(String[] arguments) throws IOException, InterruptedException {
        // Standard output is for the port alone.
        Logging.configure(LogFormat.PLAIN, LogLevel.ERROR);
        List<String> members = List.of(arguments[1].split(",", -1));
        Vertx vertx = join(Integer.parseInt(arguments[0]), members);
        VertxClusterNode node = new VertxClusterNode(vertx);
        int port = vertx.createHttpServer(new HttpServerOptions().setHost(HOST).setPort(0))
                .webSocketHandler(node::connected)
                .listen()
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .actualPort();
        System.out.println(port);
        while (System.in.read() >= 0) {
            // Until the one who started it ends.
        }
        System.exit(0);
    }

    /**
     * A node of a cluster, once that has all of them.
     *
     * @param port of its own for Hazelcast
     * @param ports of all nodes
     */
    static Vertx join(int port, List<String> ports) throws InterruptedException {
        HazelcastClusterManager manager = new HazelcastClusterManager(config(port, ports));
        // One event loop, as our own node has here.
        Vertx vertx = Vertx.builder()
                .with(new VertxOptions()
                        .setEventLoopPoolSize(1)
                        .setPreferNativeTransport(true)
                        .setEventBusOptions(new EventBusOptions().setHost(HOST)))
                .withClusterManager(manager)
                .buildClustered()
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        Waiting.until(
                () -> manager.getHazelcastInstance().getCluster().getMembers().size() == ports.size());
        return vertx;
    }

    /** What Vert.x brings along, among these nodes alone. */
    private static Config config(int port, List<String> ports) {
        Config config = ConfigUtil.loadConfig();
        config.setProperty("hazelcast.logging.type", "slf4j").setProperty("hazelcast.phone.home.enabled", "false");
        config.getNetworkConfig().setPort(port).setPortAutoIncrement(false);
        config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface(HOST);
        JoinConfig join = config.getNetworkConfig().getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        join.getTcpIpConfig().setEnabled(true);
        ports.forEach(each -> join.getTcpIpConfig().addMember(HOST + ":" + each));
        return config;
    }

    private void connected(ServerWebSocket socket) {
        socket.textMessageHandler(text -> {
            if (text.equals(SUBSCRIBE)) {
                subscribe(socket);
            } else {
                vertx.eventBus().publish(ADDRESS, text);
            }
        });
        socket.writeTextMessage("ready");
    }

    /** On the one event loop. */
    private void subscribe(ServerWebSocket socket) {
        subscribers.add(socket);
        socket.closeHandler(closed -> subscribers.remove(socket));
        if (!consumes) {
            consumes = true;
            vertx.eventBus()
                    .<String>consumer(ADDRESS)
                    .handler(message -> subscribers.forEach(each -> each.writeTextMessage(message.body())));
        }
        socket.writeTextMessage("subscribed");
    }
}
