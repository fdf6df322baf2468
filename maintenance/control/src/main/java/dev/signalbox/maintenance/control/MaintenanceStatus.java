package dev.signalbox.maintenance.control;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * How a node stands.
 *
 * @param since when the admission became what it is
 * @param signals those that hold now
 * @param underWay how much each participant has under way, in the order in which they drain
 * @param problems what is not well, by the name of the participant
 */
public record MaintenanceStatus(
        Admission admission,
        Instant since,
        List<ActiveSignal> signals,
        List<SourceStatus> sources,
        Map<String, Long> underWay,
        Map<String, String> problems) {}
