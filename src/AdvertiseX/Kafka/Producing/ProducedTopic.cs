using AdvertiseX.Framing;
using AdvertiseX.Sources;

namespace AdvertiseX.Kafka.Producing;

/// <summary>The files of one topic, read one after another, record by record. Not thread-safe.</summary>
/// <param name="topic">Name of the topic.</param>
/// <param name="files">The files, in the order in which they are sent.</param>
/// <param name="options">How they are cut.</param>
/// <param name="schemaId">The id of a schema in the registry, for a topic; null without a registry.</param>
/// <param name="undelivered">Gets records that were not delivered.</param>
internal sealed class ProducedTopic(
    string topic,
    IReadOnlyList<FileSource> files,
    FramerOptions options,
    Func<ReadOnlyMemory<byte>, uint?> schemaId,
    Action<UndeliveredRecords> undelivered
) : IDisposable
{
    private const long MicrosPerDay = 86_400_000_000;

    private readonly OutgoingBatch _batch = new();
    private readonly List<BrokenFile> _broken = [];
    private ProducedFile? _file;
    private int _nextFile;
    private int _at;
    private long _lastTime;
    private long _leap;

    public DeliveryLog Log { get; } = new(topic, undelivered);

    /// <summary>Files that could not be read to their end.</summary>
    public IReadOnlyList<BrokenFile> Broken => _broken;

    /// <summary>File of the record at hand.</summary>
    public string Path => files[_nextFile - 1].Path;

    /// <summary>The record at hand; only after <see cref="Fill"/> said that there is one.</summary>
    public OutgoingRecord Current => _batch[_at];

    public OutgoingBatch Batch => _batch;

    /// <summary>
    /// Time of the record at hand, which never goes back. A record without a time has that of the one before, and so
    /// has one that is more than a day ahead of it, unless the next agrees.
    /// </summary>
    public long Time { get; private set; }

    /// <summary>Makes sure that a record is at hand.</summary>
    /// <returns>False if all were taken.</returns>
    /// <exception cref="IOException">The registry does not answer, or refuses the schema.</exception>
    public bool Fill()
    {
        if (_at < _batch.Count)
            return true;
        _batch.Clear();
        _at = 0;
        while (_batch.Count == 0)
            if (!Read())
                return false;
        SetTime();
        return true;
    }

    /// <summary>Goes on to the next record of the batch.</summary>
    /// <returns>False at the end of the batch, whose memory may be used until <see cref="Fill"/> is called.</returns>
    public bool MoveNext()
    {
        if (++_at >= _batch.Count)
            return false;
        SetTime();
        return true;
    }

    public void Dispose()
    {
        _file?.Dispose();
        _batch.Dispose();
    }

    private bool Read()
    {
        try
        {
            if (_file is null)
            {
                if (_nextFile == files.Count)
                    return false;
                _file = new ProducedFile(files[_nextFile++], options, _batch, schemaId);
            }

            if (_file.Read())
                return true;
        }
        catch (BrokenOffException broken)
        {
            _broken.Add(new(Path, broken.Message));
        }

        _file?.Dispose();
        _file = null;
        return true;
    }

    private void SetTime()
    {
        var time = Current.Micros;
        if (time <= _lastTime)
        {
            Time = _lastTime;
            return;
        }

        if (_lastTime > 0 && time - _lastTime > MicrosPerDay && Math.Abs(time - _leap) > MicrosPerDay)
        {
            _leap = time;
            Time = _lastTime;
            return;
        }

        Time = _lastTime = time;
    }
}
