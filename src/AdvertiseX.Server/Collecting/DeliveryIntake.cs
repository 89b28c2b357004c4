using AdvertiseX.Events;
using AdvertiseX.Spool;
using Microsoft.AspNetCore.Http;

namespace AdvertiseX.Server.Collecting;

/// <summary>Takes a delivery that a body holds: keeps it, and answers with what is known of it. Thread-safe.</summary>
/// <param name="environment">Spool, judge and limits.</param>
/// <param name="memory">Memory of bodies.</param>
/// <param name="work">Gives turns.</param>
internal sealed class DeliveryIntake(CollectorEnvironment environment, CollectorMemory memory, CollectorWork work)
{
    // What the verdict on an event takes while it is being answered, about.
    private const int VerdictBytes = 256;

    /// <summary>Refuses before anything is read, where nothing could be kept anyway.</summary>
    /// <exception cref="SpoolUnavailableException">Nothing can be kept.</exception>
    public void RequireOpen()
    {
        if (environment.Spool.Refusal is { } refusal)
            throw new SpoolUnavailableException(refusal, TimeSpan.FromSeconds(1));
    }

    /// <summary>Receives the body of a request, if its headers name a format and an encoding that are taken.</summary>
    /// <inheritdoc cref="RequestBody.ReceiveAsync"/>
    public Task<RequestBody> ReceiveAsync(HttpContext context)
    {
        BodyFormat.Of(context.Request);
        ContentEncoding.Of(context.Request);
        return RequestBody.ReceiveAsync(context, environment.Options, memory);
    }

    /// <summary>Keeps the delivery in a body, and answers.</summary>
    /// <param name="context">The request; its headers say what its sender wants to know.</param>
    /// <param name="feed">The feed.</param>
    /// <param name="body">The body as it was sent.</param>
    /// <param name="key">What the sender calls the delivery; null if it has no name.</param>
    /// <exception cref="CollectorProblem">The body, or a header, is not one that is taken.</exception>
    /// <exception cref="SpoolUnavailableException">Nothing can be kept.</exception>
    /// <exception cref="DeliveryKeyReusedException">The key names another delivery.</exception>
    public async Task TakeAsync(HttpContext context, Feed feed, RequestBody body, string? key)
    {
        var format = BodyFormat.Of(context.Request);
        var asked = Preferences.Of(context.Request, environment.Options.MaxWait);
        await body.UnpackAsync(ContentEncoding.Of(context.Request), work, context.RequestAborted);
        if (body.Bytes.Length > environment.Options.MaxVerdictBytes)
            asked = default;
        var received = environment.MicrosNow();
        var receipt = await environment.KeepAsync(
            new Delivery(feed, format, body.Bytes) { Key = key },
            context.RequestAborted
        );
        IReadOnlyList<EventVerdict>? verdicts = null;
        if (asked.Wait is { } wait)
        {
            // Where verdicts are wanted of the events that are not in the lake in time, the body is needed on.
            if (!asked.Verdicts)
                body.Dispose();
            verdicts = await WaitAsync(receipt, wait, context.RequestAborted);
        }

        var isFinal = verdicts is not null;
        if (asked.Verdicts && !isFinal)
            verdicts = await JudgeAsync(feed, format, body, received, context);
        body.Dispose();
        await AnswerAsync(context, asked, receipt, verdicts, isFinal);
    }

    // Many who read their answers slowly must not fill the memory with them.
    private async Task AnswerAsync(
        HttpContext context,
        Preferences asked,
        SpoolReceipt receipt,
        IReadOnlyList<EventVerdict>? verdicts,
        bool isFinal
    )
    {
        var bytes = (verdicts?.Count ?? 0L) * VerdictBytes;
        if (!memory.TryTake(bytes))
            (verdicts, bytes) = (null, 0);
        try
        {
            var applied = asked with { Verdicts = asked.Verdicts && verdicts is not null };
            if (applied.Applied is { Length: > 0 } names)
                context.Response.Headers["Preference-Applied"] = names;
            await CollectorAnswer.WriteAsync(context, receipt, verdicts, isFinal);
        }
        finally
        {
            memory.Give(bytes);
        }
    }

    /// <summary>Null if it took longer, or is not known any more.</summary>
    private async Task<IReadOnlyList<EventVerdict>?> WaitAsync(
        SpoolReceipt receipt,
        TimeSpan wait,
        CancellationToken aborted
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        limit.CancelAfter(wait);
        try
        {
            return await environment.Spool.CommittedAsync(receipt, limit.Token);
        }
        catch (Exception over)
            when (over is OperationCanceledException or ObjectDisposedException && !aborted.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Null if a registry does not say in time what the events are written in.</summary>
    private async Task<IReadOnlyList<EventVerdict>?> JudgeAsync(
        Feed feed,
        MessageFormat format,
        RequestBody body,
        long received,
        HttpContext context
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limit.CancelAfter(environment.Options.MaxWait);
        try
        {
            await environment.Judge.LearnAsync(format, body.Bytes, limit.Token);
            return await work.DoAsync(
                () => environment.Judge.Judge(feed, format, body.Bytes.Span, received),
                limit.Token
            );
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            return null;
        }
    }
}
