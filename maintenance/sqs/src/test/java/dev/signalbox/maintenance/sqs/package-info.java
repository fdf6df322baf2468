@NullMarked
package dev.signalbox.maintenance.sqs;

import org.jspecify.annotations.NullMarked;
