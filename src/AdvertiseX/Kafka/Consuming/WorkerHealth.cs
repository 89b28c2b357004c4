using System.Globalization;
using System.Text.Json;

namespace AdvertiseX.Kafka.Consuming;

/// <summary>
/// Whether a worker is a member of its group and what it reads gets into the lake. Thread-safe.
/// </summary>
/// <param name="clock">Measures time.</param>
/// <param name="patience">So long a worker with work may be without a commit, and its reading without a turn.</param>
internal sealed class WorkerHealth(TimeProvider clock, TimeSpan patience)
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<OutagePart, string> _outages = [];
    private bool _isMember;
    private bool _isStopping;
    private long _turned = clock.GetTimestamp();
    private long? _waitingSince;

    /// <summary>Takes outages and their ends; other notices say nothing about health.</summary>
    public void Take(KafkaNotice notice)
    {
        // Models may lag behind while facts are committed; adx.models.freshness tells.
        if (notice.Part is not { } part || part == OutagePart.Models)
            return;
        lock (_lock)
        {
            if (notice.Kind == KafkaNoticeKind.Outage)
                _outages[part] = notice.Text;
            else
                _outages.Remove(part);
        }
    }

    /// <summary>The group gave the worker its part, which may be none where there are more workers than
    /// partitions.</summary>
    public void Joined()
    {
        lock (_lock)
        {
            _isMember = true;
            _outages.Remove(OutagePart.Session);
        }
    }

    /// <summary>The worker's session ended; what it waited for is waited for no more.</summary>
    public void Left()
    {
        lock (_lock)
        {
            (_isMember, _waitingSince) = (false, null);
            _outages.Remove(OutagePart.Commit);
            _outages.Remove(OutagePart.DeadLetters);
            _outages.Remove(OutagePart.Brokers);
        }
    }

    /// <summary>The thread that reads has made a turn.</summary>
    /// <param name="hasWork">Whether there are records that are not in the lake.</param>
    public void Turned(bool hasWork)
    {
        lock (_lock)
        {
            _turned = clock.GetTimestamp();
            _waitingSince = hasWork ? _waitingSince ?? _turned : null;
        }
    }

    /// <summary>A unit is in the lake.</summary>
    public void Committed()
    {
        lock (_lock)
            _waitingSince = null;
    }

    /// <summary>The worker was told to stop.</summary>
    public void Stopping()
    {
        lock (_lock)
            _isStopping = true;
    }

    /// <summary>Why the worker is not ready; none if it is.</summary>
    public IReadOnlyList<NotReadyReason> Reasons()
    {
        lock (_lock)
            return [.. All()];
    }

    private IEnumerable<NotReadyReason> All()
    {
        if (_isStopping)
            yield return new("stopping", "the worker was told to stop");
        foreach (var (part, text) in _outages)
            yield return new("outage", text, JsonNamingPolicy.SnakeCaseLower.ConvertName(part.ToString()));
        if (!_isMember)
            yield return new("not_a_member", "the group has assigned nothing yet");
        else if (clock.GetElapsedTime(_turned) is var still && still > patience)
            yield return new("not_reading", $"nothing was read for {Seconds(still)} s");
        if (_waitingSince is { } since && clock.GetElapsedTime(since) is var waiting && waiting > patience)
            yield return new("no_commits", $"records wait, and nothing was committed for {Seconds(waiting)} s");
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
}
