package dev.signalbox.server.attachments;

import dev.signalbox.database.DatabaseException;
import dev.signalbox.delivery.attachments.AttachmentLimits;
import dev.signalbox.delivery.attachments.Attachments;
import dev.signalbox.server.command.CommandEntry;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.node.Feature;
import dev.signalbox.server.node.Features;
import dev.signalbox.server.node.Node;
import dev.signalbox.server.node.StartupException;
import dev.signalbox.server.rest.Api;
import dev.signalbox.server.rest.OpenApi;
import java.util.List;

/**
 * Files that messages can have attached. After the feature that makes messages of templates, and before the channels that attach
 * files.
 */
public final class AttachmentsFeature implements Feature {
    @Override
    public String name() {
        return "attachments";
    }

    @Override
    public List<Key<?>> keys() {
        return AttachmentKeys.ALL;
    }

    @Override
    public List<CommandEntry> commands(Features features) {
        return List.of(new CommandEntry("attachment", AttachmentCommand.class, () -> new AttachmentCommand()));
    }

    @Override
    public Part configure(Reading reading) {
        return new Configured(AttachmentKeys.limits(reading));
    }

    private record Configured(AttachmentLimits limits) implements Part {
        @Override
        public void start(Node node) {
            Attachments files = open(node);
            node.attachments(files);
            node.preparation(new AttachedMessage(files, node.preparation()));
            node.removing("attachments", () -> files.removeExpired() > 0);
            node.api(new Api(new AttachmentRoutes(files, limits).routes(), OpenApi.part(AttachmentsFeature.class)));
        }

        private Attachments open(Node node) {
            try {
                return Attachments.on(node.database(), limits);
            } catch (DatabaseException e) {
                throw new StartupException(FailureText.of(e), e);
            }
        }

        @Override
        public List<Tables> tables() {
            return List.of(new Tables("attachments", Attachments::migrations, Attachments::migrate));
        }
    }
}
