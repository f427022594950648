# slow_link.sh rps|threaded: a pair of interfaces, v0 and v1. Each frame that v1 receives passes a
# thousand rules and is dropped by the last. CPU 1 does that in soft interrupts, or a thread of the kernel.
set -e
mount -t sysfs sysfs /sys
ip link add v0 type veth peer name v1
ip link set v0 up
ip link set v1 up
{
    echo 'table netdev slow { chain in { type filter hook ingress device "v1" priority 0;'
    for i in $(seq 1000); do echo "ether saddr 02:00:00:00:01:01 counter;"; done
    echo 'drop; }; }'
} | nft -f -
case $1 in
rps) echo 2 > /sys/class/net/v1/queues/rx-0/rps_cpus ;;
threaded)
    # Between such interfaces a frame goes through NAPI only if its sender does not leave segments to them.
    ethtool -K v0 tso off
    ethtool -K v1 gro on
    echo 1 > /sys/class/net/v1/threaded
    ;;
esac
