package dev.signalbox.server.templates;

import dev.signalbox.database.DatabaseException;
import dev.signalbox.server.command.CommandEntry;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.node.Feature;
import dev.signalbox.server.node.Features;
import dev.signalbox.server.node.Node;
import dev.signalbox.server.node.StartupException;
import dev.signalbox.server.rest.Api;
import dev.signalbox.server.rest.OpenApi;
import dev.signalbox.templates.TemplateStore;
import java.util.List;

/** Templates by channel and language. Before the feature that takes messages, which it fills in. */
public final class TemplatesFeature implements Feature {
    @Override
    public String name() {
        return "templates";
    }

    @Override
    public List<CommandEntry> commands(Features features) {
        return List.of(new CommandEntry("template", TemplateCommand.class, () -> new TemplateCommand()));
    }

    @Override
    public Part configure(Reading reading) {
        return new Configured();
    }

    private record Configured() implements Part {
        @Override
        public void start(Node node) {
            TemplateStore store = open(node);
            node.preparation(new TemplatedMessage(store));
            node.api(new Api(new TemplateRoutes(store, node.bounds()).routes(), OpenApi.part(TemplatesFeature.class)));
        }

        private static TemplateStore open(Node node) {
            try {
                return TemplateStore.on(node.database());
            } catch (DatabaseException e) {
                throw new StartupException(FailureText.of(e), e);
            }
        }

        @Override
        public List<Tables> tables() {
            return List.of(new Tables("templates", TemplateStore::migrations, TemplateStore::migrate));
        }
    }
}
