package dev.signalbox.examples;

import com.sun.net.httpserver.HttpServer;
import dev.signalbox.maintenance.control.FileSignals;
import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.control.MaintenanceOptions;
import dev.signalbox.maintenance.http.HttpGate;
import dev.signalbox.maintenance.http.HttpGateOptions;
import dev.signalbox.maintenance.http.MaintenanceFilter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.Executors;

/** An HTTP service that a file takes out of service: {@code echo on > maintenance}, and {@code rm maintenance} to go on. */
public final class MaintenanceHttpExample {
    private MaintenanceHttpExample() {}

    public static void main(String[] args) throws IOException {
        Maintenance maintenance = Maintenance.start(MaintenanceOptions.defaults());
        maintenance.add(FileSignals.at("file", Path.of("maintenance")));
        var _ = maintenance.subscribe(event -> true, event -> System.out.println(event.source() + ": " + event.what()));
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
