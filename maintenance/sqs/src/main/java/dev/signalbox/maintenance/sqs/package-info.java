/** A consumer of a queue of Amazon SQS that takes part in maintenance. */
@NullMarked
package dev.signalbox.maintenance.sqs;

import org.jspecify.annotations.NullMarked;
