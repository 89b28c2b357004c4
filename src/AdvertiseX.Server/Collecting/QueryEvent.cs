using System.Globalization;
using System.Text.Json;
using AdvertiseX.Contracts;
using AdvertiseX.Events;
using Microsoft.AspNetCore.Http;

namespace AdvertiseX.Server.Collecting;

/// <summary>An event whose fields are the parameters of a query, as one JSON object.</summary>
internal static class QueryEvent
{
    /// <summary>Parameters that are not fields of an event.</summary>
    private static readonly string[] Reserved = ["key", "url"];

    /// <summary>Makes the object. A name that is there several times gets an array. What a browser knows better than
    /// whoever wrote the address is filled in where no parameter says it: the time, the user agent, the page.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="feed">The feed, whose contract says what its fields may be called.</param>
    /// <param name="request">The request, for its headers.</param>
    /// <param name="now">When it came.</param>
    /// <param name="more">Fields that are added where no parameter says them: the field, the name that it gets, the
    /// value.</param>
    public static byte[] ToJson(
        QueryParameters parameters,
        Feed feed,
        HttpRequest request,
        DateTimeOffset now,
        params ReadOnlySpan<(string Field, string Name, string? Value)> more
    )
    {
        var named = parameters.All.Where(each => each.Name.Length > 0 && !Reserved.Contains(each.Name)).ToList();
        var contract = ContractFile.ShippedFor(feed).Source;
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            foreach (var group in named.GroupBy(each => each.Name, StringComparer.Ordinal))
                Write(json, group.Key, [.. group.Select(each => each.Value)]);
            foreach (var (field, name, value) in more)
                Fill(field, name, value);
            Fill(
                "event_time",
                "timestamp",
                now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture)
            );
            Fill("user_agent", "user_agent", request.Headers.UserAgent.ToString());
            Fill("page_url", "page_url", request.Headers.Referer.ToString());
            json.WriteEndObject();

            void Fill(string field, string name, string? value)
            {
                if (
                    value is { Length: > 0 }
                    && !named.Exists(each =>
                        contract.Fields[field].From.Contains(each.Name, StringComparer.OrdinalIgnoreCase)
                    )
                )
                {
                    json.WriteString(name, value);
                    named.Add((name, value));
                }
            }
        }

        return bytes.ToArray();
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        if (values is [var only])
        {
            json.WriteString(name, only);
            return;
        }

        json.WriteStartArray(name);
        foreach (var value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
