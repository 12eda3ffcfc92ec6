package dev.fanfare.load.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanTest {
    private static final String COSTS = "record=10,write=8,event=2,heartbeat=10,connect=100,client=10";

    private static Ran plan(String... more) {
        var arguments = new ArrayList<>(List.of("plan", "--cost", COSTS));
        arguments.addAll(List.of(more));
        return Ran.of(arguments);
    }

    @Test
    void saysWhatEachOfSoManyNodesHasToDo() {
        // 1,000 records of 10 us; 3,000 clients that get 5 events of 8 + 2 us in a second each, and a heartbeat in ten
        var ran =
                plan("--clients", "9000", "--events", "1000", "--per-client", "5", "--heartbeat", "10", "--nodes", "3");
        assertThat(ran.out())
                .contains(
                        "each node: 0.163 CPUs (0.010 of these for reading), 29 MiB for clients, 5.25 MB/s out, 0.28 MB/s in")
                .contains("3 brokers");
        assertThat(ran.status()).isZero();
    }

    @Test
    void dividesAWriteAmongTheEventsInIt() {
        var ran = plan(
                "--clients",
                "9000",
                "--events",
                "0",
                "--per-client",
                "5",
                "--heartbeat",
                "1000000",
                "--per-write",
                "4",
                "--nodes",
                "1");
        assertThat(ran.out()).contains("each node: 0.180 CPUs");
    }

    @Test
    void saysWhichLimitDecides() {
        var ran = plan("--clients", "1000000", "--events", "1000", "--per-client", "0.1", "--connections", "50000");
        assertThat(ran.out())
                .contains("connections  20 nodes", "21 nodes, of which one may be away; connections decides");
        assertThat(plan("--clients", "1000000", "--events", "10000", "--per-client", "10", "--cpus", "4")
                        .out())
                .contains("cpu decides");
    }

    @Test
    void saysWhereNoNumberOfNodesIsEnough() {
        var ran = plan("--events", "100000");
        assertThat(ran.out()).contains("reading      too much", "no number of such nodes is enough: reading");
        assertThat(ran.status()).isEqualTo(1);
        assertThat(plan("--events", "100000", "--read-share", "0.1").status()).isZero();
    }

    @Test
    void asksForBrokersByWhatIsReadOfThem() {
        // 280 bytes, 10,000 a second, by 41 nodes and twice more
        var ran = plan(
                "--clients",
                "1000000",
                "--events",
                "10000",
                "--connections",
                "25000",
                "--broker",
                "30",
                "--per-client",
                "0.01");
        assertThat(ran.out()).contains("41 nodes").contains("5 brokers");
    }

    @Test
    void refusesWhatIsNone() {
        assertThat(plan("--transport", "udp").err()).contains("--transport 'udp' is none");
        assertThat(plan("--clients", "0").err()).contains("--clients 0 is too little");
        assertThat(plan("--read-share", "2").err()).contains("--read-share 2.0 is no share");
        assertThat(Ran.of(List.of("plan", "--cost", "reads=1")).err())
                .contains("--cost reads is none: use record, write");
    }
}
