#!/usr/bin/python
# -*- coding: utf-8 -*-
import urllib2, os.path as osp
import xml.dom

class Handler(BaseHandler):
    def open(self, (a, b), *rest):
        print "open", a, "%s" % b
        print >>sys.stderr, "x"
        exec "y = 1" in {}
        try:
            raise ValueError, "bad"
        except ValueError, e:
            print e
        if a <> b and not 0777L == 1:
            return `a`
