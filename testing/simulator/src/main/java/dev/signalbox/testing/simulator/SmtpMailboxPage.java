package dev.signalbox.testing.simulator;

import java.util.List;
import java.util.stream.Collectors;

/** The pages of a mailbox as HTML. Everything from a message is escaped; its own HTML is in a frame apart, see {@link SmtpMailbox}. */
final class SmtpMailboxPage {
    /** Its hash is in the policy of every page. */
    static final String STYLE = """
            body { font: 15px/1.45 system-ui, sans-serif; margin: 0 auto; max-width: 1100px; padding: 16px; color: #1c1b19; background: #fff; }
            table { border-collapse: collapse; width: 100%; }
            th, td { text-align: left; vertical-align: baseline; padding: 6px 12px 6px 0; border-top: 1px solid #ddd; overflow-wrap: anywhere; }
            thead th { border-top: 0; color: #5f5c57; font-weight: 400; }
            dl { display: grid; grid-template-columns: auto 1fr; gap: 4px 16px; }
            dt { color: #5f5c57; } dd { margin: 0; overflow-wrap: anywhere; }
            iframe { width: 100%; height: 480px; border: 1px solid #bbb; background: #fff; }
            pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #f4f3f1; padding: 12px; max-height: 480px; overflow: auto; }
            a { color: #0b57a4; } h2 { font-size: 16px; margin-top: 24px; }
            @media (prefers-color-scheme: dark) {
              body { color: #e8e6e3; background: #181716; } th, td { border-color: #3a3836; } dt, thead th { color: #aaa69f; }
              pre { background: #242220; } a { color: #8ab8ef; }
            }
            """;

    private SmtpMailboxPage() {}

    static String list(List<SmtpSimulatorMessage> messages) {
        String rows = messages.stream().map(SmtpMailboxPage::row).collect(Collectors.joining("\n"));
        return page("Mailbox", """
                <h1>Mailbox</h1>
                <p>A simulated mail server took these messages; nothing was sent to anyone. <a href="/">Refresh</a></p>
                """ + (messages.isEmpty() ? "<p>There is no message yet.</p>" : """
                <table><thead><tr><th scope="col">Subject</th><th scope="col">From</th><th scope="col">To</th><th scope="col">At</th></tr></thead>
                <tbody>
                %s
                </tbody></table>
                """.formatted(rows)));
    }

    private static String row(SmtpSimulatorMessage message) {
        MailContents contents = MailContents.of(message.source());
        String subject = contents.subject().isBlank() ? "(no subject)" : contents.subject();
        return "<tr><th scope=\"row\"><a href=\"/messages/%d\">%s</a></th><td>%s</td><td>%s</td><td>%s</td></tr>"
                .formatted(
                        message.number(),
                        escaped(subject),
                        escaped(contents.from()),
                        escaped(String.join(", ", message.recipients())),
                        escaped(message.at().toString()));
    }

    static String message(SmtpSimulatorMessage message) {
        MailContents contents = MailContents.of(message.source());
        String path = "/messages/" + message.number();
        String subject = contents.subject().isBlank() ? "(no subject)" : contents.subject();
        return page(
                subject,
                """
                <p><a href="/">Mailbox</a></p>
                <h1>%s</h1>
                <dl><dt>From</dt><dd>%s</dd><dt>Envelope from</dt><dd>%s</dd><dt>Recipients</dt><dd>%s</dd><dt>At</dt><dd>%s</dd></dl>
                """.formatted(
                                        escaped(subject),
                                        escaped(contents.from()),
                                        escaped(message.from()),
                                        escaped(String.join(", ", message.recipients())),
                                        escaped(message.at().toString()))
                        + contents.html().map(_ -> html(path)).orElse("")
                        + contents.text().map(SmtpMailboxPage::text).orElse("")
                        + files(path, contents.files())
                        + headers(contents.headers())
                        + "<h2>Source</h2><p><a href=\"" + path + "/source\">The message as it came</a></p>");
    }

    private static String html(String path) {
        return "<h2>HTML</h2><iframe sandbox title=\"The message as HTML\" src=\"" + path + "/html\"></iframe>";
    }

    private static String text(String text) {
        return "<h2>Text</h2><pre tabindex=\"0\">" + escaped(text) + "</pre>";
    }

    private static String files(String path, List<MailFile> files) {
        if (files.isEmpty()) {
            return "";
        }
        StringBuilder list = new StringBuilder("<h2>Attachments</h2><ul>");
        for (int i = 0; i < files.size(); i++) {
            MailFile file = files.get(i);
            list.append("<li><a href=\"%s/files/%d\">%s</a> %s, %,d bytes</li>"
                    .formatted(path, i, escaped(file.name()), escaped(file.type()), file.size()));
        }
        return list.append("</ul>").toString();
    }

    private static String headers(List<MailContents.HeaderLine> headers) {
        return headers.stream()
                .map(header -> "<dt>" + escaped(header.name()) + "</dt><dd>" + escaped(header.value()) + "</dd>")
                .collect(Collectors.joining("", "<h2>Headers</h2><dl>", "</dl>"));
    }

    private static String page(String title, String body) {
        return "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\""
                + " content=\"width=device-width\"><title>" + escaped(title) + "</title><style>" + STYLE
                + "</style></head><body><main>" + body + "</main></body></html>";
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
