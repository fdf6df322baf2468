package dev.signalbox.server.cli;

import dev.signalbox.database.Migration;
import java.io.PrintWriter;
import java.util.List;

/** The migrations of a database, for people or for programs. */
record MigrationReport(List<Migration> migrations) {

    void print(PrintWriter out, boolean json) {
        if (json) {
            out.println(RestClient.JSON.writeValueAsString(migrations));
        } else {
            var table = new Table("VERSION", "WHAT", "APPLIED");
            migrations.forEach(m -> table.row(
                    m.version(),
                    m.description(),
                    m.appliedAt().map(Object::toString).orElse("pending")));
            table.print(out);
        }
        out.flush();
    }
}
