package dev.signalbox.benchmarks;

import dev.signalbox.cluster.redis.RedisLinkOptions;
import dev.signalbox.cluster.redis.RedisLinks;
import dev.signalbox.endpoint.netty.EventLoops;
import dev.signalbox.endpoint.netty.WebSocketEndpoint;
import dev.signalbox.router.Address;
import dev.signalbox.router.Cluster;
import dev.signalbox.router.ClusterOptions;
import dev.signalbox.router.Endpoint;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.Principal;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** Two nodes of Signalbox, each a process with a router, a link and an endpoint. */
final class ClusterOurs implements ClusterSystem {
    static final String SECRET = "a secret of the nodes of this benchmark";

    private static final Address.Logic SERVER = Address.logic("bench");

    private final ClusterProcess first;
    private final ClusterProcess second;

    private ClusterOurs(ClusterProcess first, ClusterProcess second) {
        this.first = first;
        this.second = second;
    }

    static ClusterSystem start(String redis) throws IOException, InterruptedException {
        ClusterOurs nodes = new ClusterOurs(
                ClusterProcess.java(ClusterOurs.class, redis, "first"),
                ClusterProcess.java(ClusterOurs.class, redis, "second"));
        Waiting.until(
                () -> nodes.first.ask("0").equals("2") && nodes.second.ask("0").equals("2"));
        return nodes;
    }

    @Override
    public String name() {
        return ClusterBenchmark.SYSTEM;
    }

    @Override
    public ClusterSubscribers.Protocol protocol() {
        return ClusterSubscribers.Protocol.SIGNALBOX;
    }

    @Override
    public URI clients() {
        return URI.create(second.first());
    }

    @Override
    public void publish(int count) {
        first.ask(String.valueOf(count));
    }

    @Override
    public void close() {
        first.close();
        second.close();
    }

    /** One node: it says where clients connect, publishes as many messages as each line asks for, and says how many nodes it knows. */
    static void main(String[] arguments) throws IOException {
        Router router = Router.create(RouterOptions.defaults());
        router.authorize((principal, operation, address) -> true);
        Cluster cluster = router.join(
                RedisLinks.create(RedisLinkOptions.of(arguments[0])), ClusterOptions.of(arguments[1], SECRET));
        Endpoint endpoint = WebSocketEndpoint.create(
                EventLoops.create(EventLoops.Options.defaults().withThreads(1)),
                RouterFanout.options(),
                token -> Optional.of(new Principal(token, Map.of())));
        router.attach(endpoint);
        System.out.println(endpoint.address());
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = orders.readLine(); line != null; line = orders.readLine()) {
            int count = Integer.parseInt(line);
            for (int i = 0; i < count; i++) {
                publish(router, i);
            }
            System.out.println(cluster.nodes().size());
        }
        router.close();
    }

    private static void publish(Router router, int number) {
        Message message =
                Message.of(SERVER, Address.topic(ClusterSystem.room(number)), Payload.text(ClusterSystem.payload()));
        if (!router.send(message).complete()) {
            throw new IllegalStateException("a publication was not taken");
        }
    }
}
