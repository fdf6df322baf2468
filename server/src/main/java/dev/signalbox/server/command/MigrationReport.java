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

    /** {@code sql} is there while it is pending. */
    public record Step(
            String module,
            String version,
            String description,
            Optional<Instant> appliedAt,
            Optional<String> problem,
            Optional<String> sql) {
        Step(String module, Migration migration) {
            this(
                    module,
                    migration.version(),
                    migration.description(),
                    migration.appliedAt(),
                    migration.problem(),
                    Optional.of(migration.sql())
                            .filter(sql -> migration.appliedAt().isEmpty()));
        }

        private String standing(HumanTime times) {
            return problem.orElseGet(
                    () -> appliedAt.map(time -> times.of(time.toString())).orElse("pending"));
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
            steps.forEach(step -> table.row(step.module(), step.version(), step.description(), step.standing(times)));
            table.print(out);
        }
        out.flush();
    }

    /** Whether nothing stands in the way of those that are pending. */
    public boolean isPossible() {
        return steps.stream().allMatch(step -> step.problem().isEmpty());
    }

    /** What is still to come, as a script; what stands in its way, as comments. */
    public void printPending(PrintWriter out, boolean json) {
        List<Step> pending = steps.stream()
                .filter(step -> step.appliedAt().isEmpty() || step.problem().isPresent())
                .toList();
        if (json) {
            out.println(RestClient.JSON.writeValueAsString(pending));
        } else if (pending.isEmpty()) {
            out.println("-- nothing to do: the tables are up to date");
        } else {
            pending.forEach(step -> {
                out.println("-- " + step.module() + " " + step.version() + ": "
                        + step.problem().orElse(step.description()));
                step.sql().ifPresent(sql -> out.println(sql.stripTrailing()));
            });
        }
        out.flush();
    }
}
