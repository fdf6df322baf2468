/**
 * Measures: deliveries, routing, fan-out; rivals beside them. By what they are about, in the order to read them:
 *
 * <table>
 *   <caption>The types of this package</caption>
 *   <tr><td>what runs a measurement</td>
 *       <td>Bench, Benchmark, Result, Percentiles, Machine, Opened, Waiting</td></tr>
 *   <tr><td>the other systems, and processes beside this one</td>
 *       <td>Rivals, Installer, LoggedCommands, Checkout, Java, LoadProcess</td></tr>
 *   <tr><td>deliveries</td>
 *       <td>DeliveryBenchmark, DeliverySystem, DeliveryProvider, DeliveryThroughput, DeliveryLatency, DeliveryRetention</td></tr>
 *   <tr><td>the same deliveries by other queues</td>
 *       <td>DeliveryRivals, RivalThroughput, DeliveryRival, JavaRival, DbSchedulerRival, JobRunrRival, RivalProcess</td></tr>
 *   <tr><td>routing of messages</td>
 *       <td>RouterBenchmark, RouterInProcess, RouterFanout, RouterFanoutClients</td></tr>
 *   <tr><td>the same routing by other servers</td>
 *       <td>RouterRivals, RivalPair, LoadedServer, RivalServer, RouterServer, VertxServer, RivalLoad</td></tr>
 *   <tr><td>clients of any of these servers</td>
 *       <td>RivalProtocol, RivalSockets, RivalSubscribers</td></tr>
 *   <tr><td>TLS, requests, stalled readers and reconnects over these sockets</td>
 *       <td>RouterSockets, RouterTlsServer, TlsLoad, RequestLoad, RequestWire, VertxRequests, StalledLoad, StormLoad, StormWire</td></tr>
 *   <tr><td>clusters</td>
 *       <td>ClusterBenchmark, ClusterFanout, ClusterSystem, ClusterNode, VertxClusterNode, ClusterSockets, ClusterWire,
 *           ClusterSessions</td></tr>
 *   <tr><td>the session bus</td>
 *       <td>SessionBenchmark, SessionNode, SessionLatency, SessionRouting, SessionAppends</td></tr>
 *   <tr><td>leases and elections</td>
 *       <td>LeaseBenchmark, LeaseStores, LeasePlace, FailoverBenchmark, FailoverPair, FailoverNode</td></tr>
 *   <tr><td>maintenance</td>
 *       <td>DrainBenchmark, DrainGate, DrainSignals, DrainPool, DrainSqs, Windows, Numbers</td></tr>
 *   <tr><td>language models</td>
 *       <td>LlmBenchmark, LlmSimulatorProcess, LlmStreamCost, LlmStreamReader, LlmFallback</td></tr>
 *   <tr><td>commands of the host</td>
 *       <td>ExecBenchmark, ExecSystem, ExecSignalbox, ExecProcessBuilder, ExecCommons, ExecZt</td></tr>
 *   <tr><td>mail</td>
 *       <td>MailBenchmark, MailSystem, MailSignalbox, MailSimpleJavaMail, MailVertx, MailNodemailer, MailSmallHeap, MailSinkProcess,
 *           MailSink</td></tr>
 *   <tr><td>logs</td>
 *       <td>ObservatoryBenchmark, ObservatorySystem, ObservatoryOurs, ObservatoryOursAppender, ObservatoryLoki4j, ObservatoryOpenTelemetry,
 *           ObservatorySinkProcess, ObservatorySink</td></tr>
 *   <tr><td>the start of a server</td>
 *       <td>StartBenchmark, StartSystem, StartedServer, StartArchive, StartCentrifugo, StartSpring</td></tr>
 * </table>
 */
@NullMarked
package dev.signalbox.benchmarks;

import org.jspecify.annotations.NullMarked;
