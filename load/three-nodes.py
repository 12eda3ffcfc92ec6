#!/usr/bin/env python3
"""Measures what one gateway takes for each thing that it does, then three gateways under one load, and puts what
`fanfare load plan` says of that load beside it. Build first: `./fanfare bench --list`. Nothing else should run meanwhile."""
import os, re, shutil, subprocess, sys, tempfile, time, urllib.request

HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
JAVA = [os.environ['JAVA_HOME'] + '/bin/java', '-XX:+UseCompactObjectHeaders', '-XX:G1PeriodicGCInterval=15000',
        '--enable-native-access=ALL-UNNAMED', '--sun-misc-unsafe-memory-access=allow']
GATEWAY = HOME + '/gateway/target/fanfare-gateway.jar'
BROKER = HOME + '/quickstart/broker/target/fanfare-quickstart-broker.jar'
LOAD = HOME + '/load/target/fanfare-load.jar'
SESSIONS, RATE, OTHER = 3000, 5, 2000  # sessions of each node, events/s that each gets, events/s for hardly anybody
TOPIC = '''
class Topic {
    public static void main(String[] a) throws Exception {
        try (var admin = org.apache.kafka.clients.admin.Admin.create(java.util.Map.of("bootstrap.servers", (Object) a[0]))) {
            admin.createTopics(java.util.List.of(
                    new org.apache.kafka.clients.admin.NewTopic("events", 3, (short) 1))).all().get();
        }
    }
}'''
SETTINGS = '''
server: {{port: 0, connections-max: 60000}}
kafka: {{bootstrap.servers: "{servers}"}}
routes: [{{topics: [events], channels: ["{{key}}"]}}]
access: {{anonymous: {{subscribe: ["**"]}}}}
limits: {{sessions: 0, connects-per-second: 0, address: {{connections: 0, handshakes-per-second: 0, sessions: 0,
  connects-per-second: 0, replays: 0}}}}
shutdown: {{notice: 0s, drain: 0s, deadline: 5s}}
'''

folder = tempfile.mkdtemp(prefix='three-nodes-')
children = []


def log(name):
    return f'{folder}/{name}.log'


def start(name, *command):
    child = subprocess.Popen(command, stdout=open(log(name), 'w'), stderr=subprocess.STDOUT)
    children.append(child)
    return child


def said(name, pattern):
    """What a process says about itself at its start."""
    end = time.time() + 60
    while time.time() < end:
        found = re.search(pattern, open(log(name)).read())
        if found:
            return found.group(1)
        time.sleep(.1)
    sys.exit(f'{name} has not started:\n{open(log(name)).read()}')


def cpu_seconds(pid):
    fields = open(f'/proc/{pid}/stat').read().rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def metric(port, name):
    text = urllib.request.urlopen(f'http://127.0.0.1:{port}/metrics').read().decode()
    return sum(float(line.rsplit(' ', 1)[1]) for line in text.splitlines() if line.startswith(name))


def gateway(name, servers):
    with open(f'{folder}/{name}.yaml', 'w') as file:
        file.write(SETTINGS.format(servers=servers))
    child = start(name, *JAVA, '-Xmn16m', '-XX:MaxTenuringThreshold=1', '-jar', GATEWAY, '--config', f'{folder}/{name}.yaml')
    port = int(said(name, r'listens on http://[^:]+:(\d+)'))
    for _ in range(300):
        try:
            urllib.request.urlopen(f'http://127.0.0.1:{port}/health/ready')
            return child.pid, port
        except OSError:
            time.sleep(.1)
    sys.exit(f'{name} is not ready:\n{open(log(name)).read()}')


def load(port, servers, sessions, rate, seconds, channels=1):
    name = f'load{len(children)}'
    return name, start(
        name, *JAVA, '-Xmx400m', '-jar', LOAD, 'fanout', '--url', f'http://127.0.0.1:{port}/v1/events',
        '--sessions', str(sessions), '--connect-rate', '3000', '--transports', 'sse', '--channels', str(channels),
        '--channel', name + '.{n}', '--rate', str(rate), '--kafka', servers, '--topic', 'events', '--warm-up', '2s',
        '--duration', f'{seconds}s', '--drain', '5s', '--progress', 'none')


def passed(run):
    name, child = run
    if child.wait() != 0:
        sys.exit(f'a run of the load tool has failed:\n{open(log(name)).read()}')


def come(port, sessions):
    end = time.time() + 60
    while metric(port, 'fanfare_sessions{') < sessions and time.time() < end:
        time.sleep(.1)


def window(gateways, seconds):
    """CPU seconds, deliveries, records, heartbeats and writes of each gateway, per second."""
    def now(pid, port):
        return [time.time(), cpu_seconds(pid)] + [
            metric(port, f'fanfare_{name}_total') for name in ('deliveries', 'events_in', 'heartbeats', 'writes')]
    before = [now(*one) for one in gateways]
    time.sleep(seconds)
    after = [now(*one) for one in gateways]
    return [[(b - a) / (then[0] - first[0]) for a, b in zip(first[1:], then[1:])] for first, then in zip(before, after)]


def main():
    start('broker', *JAVA, '-Xmx512m', '-XX:+UseSerialGC', '-jar', BROKER, '--dir', folder + '/kafka', '--port', '0')
    servers = said('broker', r'Kafka serves (\S+:\d+)')
    with open(f'{folder}/Topic.java', 'w') as file:
        file.write(TOPIC)
    subprocess.run([*JAVA, '-cp', LOAD, f'{folder}/Topic.java', servers], check=True, stderr=subprocess.DEVNULL)

    one = gateway('gateway1', servers)
    passed(load(one[1], servers, SESSIONS, 50, 20))  # so that what follows is compiled
    passed(load(one[1], servers, 1, OTHER, 25, channels=100))
    run = load(one[1], servers, 1, OTHER, 20, channels=100)
    time.sleep(8)
    cpu, _, records, _, _ = window([one], 12)[0]
    passed(run)
    record = cpu / records * 1e6
    time.sleep(3)
    idle = window([one], 10)[0][0]
    before = cpu_seconds(one[0])
    run = load(one[1], servers, SESSIONS, .2, 25)
    come(one[1], SESSIONS)
    time.sleep(1)
    connect = (cpu_seconds(one[0]) - before) / SESSIONS * 1e6
    passed(run)
    run = load(one[1], servers, SESSIONS, RATE, 25)
    come(one[1], SESSIONS)
    time.sleep(6)
    cpu, deliveries, records, heartbeats, writes = window([one], 15)[0]
    passed(run)
    write = (cpu - idle - records * record / 1e6) / writes * 1e6
    print(f'one node: {idle:.4f} CPUs with nothing to do; record {record:.1f} µs, connect {connect:.0f} µs, '
          f'write {write:.2f} µs, {deliveries / writes:.2f} deliveries a write', flush=True)

    nodes = [one] + [gateway(f'gateway{n}', servers) for n in (2, 3)]
    for node in nodes[1:]:
        passed(load(node[1], servers, SESSIONS, 50, 15))
        passed(load(node[1], servers, 1, OTHER, 15, channels=100))
    runs = [load(port, servers, SESSIONS, RATE, 40) for _, port in nodes]
    runs.append(load(one[1], servers, 1, OTHER, 40, channels=100))
    for _, port in nodes:
        come(port, SESSIONS)
    time.sleep(8)
    got = window(nodes, 15)
    for run in runs:
        passed(run)
    clients = len(nodes) * SESSIONS
    plan = ['plan', '--clients', str(clients), '--events', f'{sum(node[2] for node in got) / len(nodes):.1f}',
            '--per-client', f'{sum(node[1] for node in got) / clients:.3f}', '--nodes', '3', '--cost',
            f'record={record:.2f},write={write:.3f},event=0,heartbeat={write:.3f},connect={connect:.0f}']
    print('./fanfare load ' + ' '.join(plan))
    answer = subprocess.run([*JAVA, '-jar', LOAD, *plan], capture_output=True, text=True, check=True).stdout
    print(answer)
    predicted = float(re.search(r'each node: ([\d.]+) CPUs', answer).group(1))
    measured = sum(node[0] for node in got) / len(nodes)
    print('measured: ' + ', '.join(f'{node[0]:.3f}' for node in got) + f' CPUs, on average {measured:.3f}; '
          f'predicted {predicted:.3f}: {100 * (predicted / measured - 1):+.0f} %')


try:
    main()
finally:
    for child in reversed(children):
        if child.poll() is None:
            child.terminate()
            child.wait(20)
    shutil.rmtree(folder, ignore_errors=True)
