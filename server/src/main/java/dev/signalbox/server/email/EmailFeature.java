package dev.signalbox.server.email;

import dev.signalbox.delivery.email.EmailSender;
import dev.signalbox.delivery.email.MailFiles;
import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.server.command.CommandEntry;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.node.Feature;
import dev.signalbox.server.node.Node;
import java.util.List;
import java.util.Optional;

/** The channel {@code email}, over an SMTP server. */
public final class EmailFeature implements Feature {
    @Override
    public String name() {
        return "email";
    }

    @Override
    public List<Key<?>> keys() {
        return EmailKeys.ALL;
    }

    @Override
    public List<CommandEntry> simulators() {
        return List.of(new CommandEntry("smtp", SmtpSimulatorCommand.class, () -> new SmtpSimulatorCommand()));
    }

    @Override
    public Part configure(Reading reading) {
        Optional<EmailSettings> settings = EmailSettings.read(reading);
        return node -> start(node, settings);
    }

    private static void start(Node node, Optional<EmailSettings> settings) {
        settings.ifPresentOrElse(
                email -> node.channels()
                        .add(new EmailChannel(
                                node.closing(new EmailSender(email.server(), email.options(), files(node))))),
                () -> node.channels().missing(Channel.EMAIL.name(), "delivery.email.host and delivery.email.from"));
    }

    private static MailFiles files(Node node) {
        return node.attachments().<MailFiles>map(EmailFiles::new).orElse(MailFiles.NONE);
    }
}
