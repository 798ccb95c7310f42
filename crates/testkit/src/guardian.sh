# Waits until the test process is gone, however it ended: the read fails when the kernel closes the
# other end of the pipe. Then stops PostgreSQL at once and removes its folder. $1 is the folder.
while read -r _; do :; done
folder=$1
pidfile=$folder/data/postmaster.pid
# Whatever runs on this folder: the server, a pooler before it, or initdb if we die that early. A pid in the file may be
# stale after kill -9 and belong to somebody else by now, so it is used only where there is no /proc.
servers() {
    if [ -d /proc/self ]; then
        # The brackets keep grep from finding itself.
        grep -lsz -e "^$folder/dat[a]$" -e "^$folder/poole[r]" /proc/[0-9]*/cmdline | cut -d / -f 3
    elif [ -r "$pidfile" ]; then
        head -n 1 "$pidfile"
    fi
}
memory=$([ -r "$pidfile" ] && sed -n 7p "$pidfile" | awk '{ print $2 }')
tries=0
signal=QUIT
while [ $tries -lt 200 ]; do
    alive=
    for pid in $(servers); do
        kill -$signal "$pid" 2>/dev/null && alive=yes
    done
    [ -z "$alive" ] && break
    tries=$((tries + 1))
    [ $tries -gt 100 ] && signal=KILL
    sleep 0.05
done
# A server killed with -9 leaves its small System V segment.
[ -n "$memory" ] && ipcrm -m "$memory" 2>/dev/null
rm -rf -- "$folder"
