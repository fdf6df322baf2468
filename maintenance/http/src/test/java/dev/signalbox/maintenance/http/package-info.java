@NullMarked
package dev.signalbox.maintenance.http;

import org.jspecify.annotations.NullMarked;
