package dev.signalbox.server.console;

import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.node.Feature;
import dev.signalbox.server.rest.Api;
import dev.signalbox.server.rest.OpenApi;
import java.net.URI;

/** The console: a web page that knows nothing but the REST API. */
public final class ConsoleFeature implements Feature {
    @Override
    public String name() {
        return "console";
    }

    @Override
    public Part configure(Reading reading) {
        return node -> {
            node.api(new Api(new ConsoleRoutes().routes(), OpenApi.part(ConsoleFeature.class)).servedAlways());
            node.address("console", () -> URI.create("console"));
        };
    }
}
