package dev.signalbox.server.llm;

import dev.signalbox.llm.LlmClient;
import dev.signalbox.server.command.CommandEntry;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.node.Feature;
import dev.signalbox.server.node.Features;
import dev.signalbox.server.node.Node;
import java.util.List;

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
        LlmConfig config = new LlmSettings(reading).compose();
        return node -> LlmModels.client(config, new LlmMetrics(node.registry()))
                .ifPresent(models -> start(node, config, models));
    }

    private static void start(Node node, LlmConfig config, LlmClient models) {
        var logic = node.closing(new LlmLogic(models, config.concurrency(), config.concurrencyPerClient()));
        node.clientListener(logic);
        node.logic(LlmLogic.NAME, logic.logic());
    }
}
