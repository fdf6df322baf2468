package dev.signalbox.server.llm;

import dev.signalbox.database.Database;
import dev.signalbox.database.Migration;
import dev.signalbox.llm.JdbcBudgetStore;
import dev.signalbox.llm.LlmBudgetStore;
import dev.signalbox.llm.LlmClient;
import dev.signalbox.server.command.CommandEntry;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.node.Feature;
import dev.signalbox.server.node.Features;
import dev.signalbox.server.node.Node;
import java.util.List;
import java.util.Optional;

/** Language models: for clients as the logic {@code llm}, and on the command line. */
public final class LlmFeature implements Feature {
    @Override
    public String name() {
        return "llm";
    }

    @Override
    public List<Key<?>> keys() {
        return LlmKeys.ALL;
    }

    @Override
    public List<CommandEntry> commands(Features features) {
        return List.of(new CommandEntry("llm", LlmCommand.class, () -> new LlmCommand(features)));
    }

    @Override
    public List<CommandEntry> simulators() {
        return List.of(new CommandEntry("llm", LlmSimulatorCommand.class, () -> new LlmSimulatorCommand()));
    }

    @Override
    public Part configure(Reading reading) {
        return new Configured(new LlmSettings(reading).compose());
    }

    private record Configured(LlmConfig config) implements Part {
        private static final String MODULE = "llm";

        @Override
        public void start(Node node) {
            var metrics = new LlmMetrics(node.registry());
            LlmModels.client(config, metrics, store(node)).ifPresent(models -> start(node, metrics, models));
        }

        private void start(Node node, LlmMetrics metrics, LlmClient models) {
            var tools = new LlmTools(config.tools(), config.toolRounds(), metrics::called);
            var logic = node.closing(new LlmLogic(
                    models, tools, config.options().deadline(), config.concurrency(), config.concurrencyPerClient()));
            node.clientListener(logic);
            node.logic(LlmLogic.NAME, logic.logic());
        }

        private Optional<LlmBudgetStore> store(Node node) {
            if (!keepsBudgets()) {
                return Optional.empty();
            }
            migrate(node.database());
            return Optional.of(JdbcBudgetStore.of(node.database().dataSource()));
        }

        private boolean keepsBudgets() {
            return config.budgetStore() == LlmConfig.BudgetStore.DATABASE
                    && !config.models().isEmpty();
        }

        @Override
        public List<Tables> tables() {
            return keepsBudgets()
                    ? List.of(new Tables(MODULE, Configured::migrations, Configured::migrate))
                    : List.of();
        }

        private static List<Migration> migrations(Database database) {
            return database.migrations(MODULE, JdbcBudgetStore.MIGRATIONS, JdbcBudgetStore.class.getClassLoader());
        }

        private static void migrate(Database database) {
            database.migrate(MODULE, JdbcBudgetStore.MIGRATIONS, JdbcBudgetStore.class.getClassLoader());
        }
    }
}
