package dev.signalbox.examples;

import com.sun.net.httpserver.HttpServer;
import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.http.HttpGate;
import dev.signalbox.maintenance.http.HttpGateOptions;
import dev.signalbox.maintenance.http.MaintenanceFilter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;

/** An HTTP service that is taken out of service and back, by a file or by etcd. */
public final class MaintenanceHttpExample {
    private MaintenanceHttpExample() {}

    public static void main(String[] args) throws IOException {
        Maintenance maintenance = MaintenanceDemo.start();
        System.out.println("try: curl -i http://localhost:"
                + serve(maintenance, 8090).getAddress().getPort());
    }

    static HttpServer serve(Maintenance maintenance, int port) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        HttpGate gate = HttpGate.join(maintenance, HttpGateOptions.defaults().withSkipPaths("/health"));
        var context = server.createContext("/", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(200, -1);
            }
        });
        context.getFilters().add(new MaintenanceFilter(gate));
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        return server;
    }
}
