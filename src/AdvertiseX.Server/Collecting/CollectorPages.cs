using System.Net;
using System.Reflection;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AdvertiseX.Server.Collecting;

/// <summary>The collector's description: /openapi.json for programs, and /docs for people, which loads nothing from
/// anywhere.</summary>
internal static class CollectorPages
{
    private static readonly string Version =
        typeof(CollectorPages)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion
        ?? "0";

    public static void Map(WebApplication application)
    {
        var document = Encoding.UTF8.GetBytes(CollectorApi.Document(Version).ToJsonString());
        var page = Encoding.UTF8.GetBytes(Page());
        application.MapGet("/openapi.json", context => AnswerAsync(context, "application/json", document));
        application.MapGet("/docs", context => AnswerAsync(context, "text/html; charset=utf-8", page));
    }

    private static async Task AnswerAsync(HttpContext context, string type, byte[] content)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = content.Length;
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        await context.Response.Body.WriteAsync(content, context.RequestAborted);
    }

    private static string Page()
    {
        var html = new StringBuilder(
            """
            <!doctype html><html lang="en"><head><meta charset="utf-8"><title>AdvertiseX collector</title>
            <style>body{font:16px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em}code{background:#eee;padding:0 .2em}
            table{border-collapse:collapse}td{border-top:1px solid #ccc;padding:.2em 1em .2em 0;vertical-align:top}</style></head><body>
            <h1>AdvertiseX collector</h1><p>An answer of success means that the bytes are safe on the disk and will be in the lake once.
            For programs: <a href="/openapi.json">openapi.json</a>.</p>
            """
        );
        foreach (var operation in CollectorApi.Operations)
        {
            html.Append($"<h2><code>{operation.Method.ToUpperInvariant()} {Text(operation.Path)}</code></h2>")
                .Append($"<p>{Text(operation.Summary)}.</p><table>");
            foreach (var parameter in operation.Parameters)
                Row(html, $"<code>{Text(parameter.Name)}</code> ({parameter.In})", Text(parameter.Description));
            if (operation.BodyTypes.Count > 0)
                Row(html, "body", string.Join(", ", operation.BodyTypes.Select(type => $"<code>{Text(type)}</code>")));
            foreach (var (status, meaning, _) in operation.Answers)
                Row(html, status, Text(meaning));
            foreach (var status in operation.Problems.Order(StringComparer.Ordinal))
                Row(html, status, Text(CollectorProblem.TitleOf(int.Parse(status))));
            html.Append("</table>");
        }

        return html.Append("</body></html>").ToString();
    }

    private static void Row(StringBuilder html, string name, string meaning) =>
        html.Append($"<tr><td>{name}</td><td>{meaning}</td></tr>");

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
