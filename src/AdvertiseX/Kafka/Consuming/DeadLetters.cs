using AdvertiseX.Columns;
using AdvertiseX.Events;
using AdvertiseX.Lake;
using AdvertiseX.Parquet;
using AdvertiseX.Sources;
using Confluent.Kafka;

namespace AdvertiseX.Kafka.Consuming;

/// <summary>
/// Sends rejects that are in the lake to the topic of dead letters, each at least once: which were sent is known by the
/// group's offsets, which the broker is told afterwards. An outage is waited for. Thread-safe: a commit sends, and the
/// thread that opens partitions.
/// </summary>
internal sealed class DeadLetters(WorkerEnvironment environment) : IDisposable
{
    private const int AtOnce = 10_000;

    /// <summary>A topic that is not there, or may not be written, is tried again after this time.</summary>
    private static readonly TimeSpan OffFor = TimeSpan.FromMinutes(1);

    /// <summary>Of a record that is too large for the topic so many bytes are sent, or fewer.</summary>
    private const int CutBytes = 64 << 10;

    private readonly KafkaOptions _options = environment.Kafka;
    private readonly Backoff _backoff = new(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(30));
    private readonly SemaphoreSlim _turn = new(1);
    private IProducer<Null, byte[]>? _producer;
    private long? _offSince;
    private bool _isOut;

    // While it lasts, rejects are in the lake alone.
    private bool IsOff => _offSince is { } since && environment.Clock.GetElapsedTime(since) < OffFor;

    /// <summary>Sends rejects of live streams.</summary>
    /// <param name="rejects">Rows of <see cref="FactTables.Rejects"/>.</param>
    /// <param name="isWanted">Which rows; null for all.</param>
    /// <param name="giveUp">Ends the waiting.</param>
    /// <exception cref="OperationCanceledException">Not all were sent.</exception>
    public async Task SendAsync(ColumnBatch rejects, Func<int, bool>? isWanted, CancellationToken giveUp)
    {
        if (_options.DeadLetterTopic.Length == 0 || IsOff)
            return;
        for (var row = 0; row < rejects.Rows; )
        {
            var letters = new List<Message<Null, byte[]>>();
            for (; row < rejects.Rows && letters.Count < AtOnce; row++)
                if (isWanted is null || isWanted(row))
                    letters.Add(DeadLetter.Of(rejects, row, _options.Group));
            await SendAsync(letters, giveUp);
        }
    }

    /// <summary>Sends the rejects of a stream's last ledger entry again: whether they were sent nobody knows.</summary>
    /// <exception cref="IOException">The lake cannot be read.</exception>
    /// <exception cref="OperationCanceledException">Not all were sent.</exception>
    public async Task SendAgainAsync(StreamPosition stream, CancellationToken giveUp)
    {
        if (_options.DeadLetterTopic.Length == 0 || IsOff)
            return;
        var lake = environment.Lake;
        var entry = await lake.Ledger.ReadEntryAsync(stream.Version, giveUp);
        var advance = entry?.Streams.FirstOrDefault(each => each.Stream == stream.Stream);
        if (advance is null || advance.Counts.Sum(counts => counts.Rejected) == 0)
            return;
        foreach (var file in (await lake.FilesAsync(FactTables.Rejects.Name, cancellation: giveUp)).Files)
            if (
                file.Ledger is not { } versions
                || (versions.First <= stream.Version && stream.Version <= versions.Last)
            )
                await SendAgainAsync(file, advance, giveUp);
    }

    public void Dispose()
    {
        _producer?.Dispose();
        _turn.Dispose();
    }

    private async Task SendAgainAsync(LakeFile file, StreamAdvance advance, CancellationToken giveUp)
    {
        using var rejects = new ColumnBatch(FactTables.Rejects);
        using var scratch = new DecodeScratch();
        using (var content = environment.Lake.Store.OpenReader(file.Key))
        {
            var input = new RangeInput(content.Length, content.Read);
            var result = ParquetBatchReader.ReadAll(input, FactTables.Rejects, scratch, rejects);
            if (!result.IsOk)
                throw new IOException($"{file.Key} cannot be read: {result.Detail}");
        }

        var name = System.Text.Encoding.UTF8.GetBytes(advance.Stream);
        await SendAsync(rejects, row => IsOf(rejects, row, name, advance), giveUp);
    }

    private static unsafe bool IsOf(ColumnBatch rejects, int row, byte[] stream, StreamAdvance advance) =>
        rejects.Int64("stream_offset").Values[row] is var offset
        && offset >= advance.From
        && offset < advance.Next
        && rejects.Dictionary("stream").Get(row).SequenceEqual(stream);

    private async Task SendAsync(List<Message<Null, byte[]>> letters, CancellationToken giveUp)
    {
        await _turn.WaitAsync(giveUp);
        try
        {
            _backoff.Reset();
            using var activity = letters.Count > 0 ? environment.Telemetry.StartDeadLetters() : null;
            while (letters.Count > 0 && !IsOff)
            {
                var sent = letters.Count;
                letters = await TrySendAsync(letters, giveUp);
                environment.Telemetry.DeadLetters(sent - letters.Count);
                if (letters.Count > 0 && !IsOff)
                    await Task.Delay(_backoff.Next(), giveUp);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Those that are to be sent again.</summary>
    private async Task<List<Message<Null, byte[]>>> TrySendAsync(
        List<Message<Null, byte[]>> letters,
        CancellationToken giveUp
    )
    {
        _producer ??= Producer();
        var deliveries = letters.ConvertAll(letter =>
            (Letter: letter, Task: _producer.ProduceAsync(_options.DeadLetterTopic, letter))
        );
        var again = new List<Message<Null, byte[]>>();
        Error? failed = null;
        foreach (var (letter, task) in deliveries)
        {
            try
            {
                await task.WaitAsync(giveUp);
            }
            catch (ProduceException<Null, byte[]> refused)
                when (refused.Error.Code == ErrorCode.MsgSizeTooLarge && letter.Value.Length > 0)
            {
                letter.Value = letter.Value[..Math.Min(CutBytes, letter.Value.Length / 2)];
                again.Add(letter);
            }
            catch (ProduceException<Null, byte[]> refused)
            {
                failed = refused.Error;
                again.Add(letter);
            }
        }

        if (failed is not null)
            TellFailure(failed);
        else if (again.Count == 0)
            TellSuccess();
        return again;
    }

    private void TellFailure(Error failed)
    {
        if (WhyOff(failed.Code) is { } why)
        {
            if (_offSince is null)
                environment.Tell(
                    KafkaNoticeKind.DeadLettersOff,
                    $"{why} {_options.DeadLetterTopic}: rejected records are in the lake alone",
                    ("topic", _options.DeadLetterTopic)
                );
            _offSince = environment.Clock.GetTimestamp();
        }
        else
        {
            _isOut = true;
            environment.Tell(
                KafkaNotice.OfOutage(
                    OutagePart.DeadLetters,
                    $"dead letters cannot be sent: {failed.Reason}; they are tried again",
                    TimeSpan.Zero
                )
            );
        }

        // One that has failed for good is of no use any more, and the next reads the client's properties anew.
        _producer?.Dispose();
        _producer = null;
    }

    private void TellSuccess()
    {
        if (_isOut || _offSince is not null)
            environment.TellRecovery(OutagePart.DeadLetters, "dead letters are sent again");
        (_isOut, _offSince) = (false, null);
    }

    private static string? WhyOff(ErrorCode code) =>
        code switch
        {
            ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic => "there is no topic",
            ErrorCode.TopicAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed =>
                "this worker may not write to",
            _ => null,
        };

    private IProducer<Null, byte[]> Producer() => new ProducerBuilder<Null, byte[]>(
            new ProducerConfig(KafkaConfig.OfClient(_options))
            {
                EnableIdempotence = true,
                CompressionType = CompressionType.Zstd,
                // The topic says what is too large for it.
                MessageMaxBytes = 64 << 20,
                MessageTimeoutMs = 30_000,
            }
        ).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
}
