package dev.signalbox.server.command;

import dev.signalbox.database.Migration;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The migrations of a database, for people or for programs. */
public record MigrationReport(List<Step> steps) {

    public record Step(String module, String version, String description, Optional<Instant> appliedAt) {
        Step(String module, Migration migration) {
            this(module, migration.version(), migration.description(), migration.appliedAt());
        }
    }

    public static MigrationReport of(Map<String, List<Migration>> modules) {
        List<Step> steps = new ArrayList<>();
        modules.forEach(
                (module, migrations) -> migrations.forEach(migration -> steps.add(new Step(module, migration))));
        return new MigrationReport(steps);
    }

    public void print(PrintWriter out, boolean json) {
        if (json) {
            out.println(RestClient.JSON.writeValueAsString(steps));
        } else {
            HumanTime times = HumanTime.local();
            var table = new Table("MODULE", "VERSION", "WHAT", "APPLIED");
            steps.forEach(step -> table.row(
                    step.module(),
                    step.version(),
                    step.description(),
                    step.appliedAt().map(time -> times.of(time.toString())).orElse("pending")));
            table.print(out);
        }
        out.flush();
    }
}
