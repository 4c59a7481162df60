<?php
// What the built-in web server asks first: files as they are, everything else to WordPress.
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
// Uploads lie with the test, outside of what is served.
if (preg_match('#^/uploads((/[\w-][\w.-]*)+)$#', $path, $named)) {
    $upload = getenv('ALMANAC_UPLOADS') . $named[1];
    if (is_file($upload)) {
        header('Content-Type: ' . mime_content_type($upload));
        readfile($upload);
        return true;
    }
}
$file = $_SERVER['DOCUMENT_ROOT'] . $path;
if ($path !== '/' && is_file($file)) {
    return false;
}
require $_SERVER['DOCUMENT_ROOT'] . '/index.php';
