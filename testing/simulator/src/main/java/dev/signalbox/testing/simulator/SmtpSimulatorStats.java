package dev.signalbox.testing.simulator;

/**
 * What a simulated mail server counted.
 *
 * @param connections since the start
 * @param accepted messages taken, repeats included
 * @param recipients of those messages
 * @param duplicates messages whose Message-ID and recipients had been accepted before
 * @param refusedRecipients recipients answered with 550
 * @param faults messages that met a fault
 */
public record SmtpSimulatorStats(
        long connections, long accepted, long recipients, long duplicates, long refusedRecipients, long faults) {}
